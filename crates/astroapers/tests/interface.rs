//! What callers of the crate rely on beside its numbers: refusals, panics that are announced, and what is printed.

use astroapers::batch::Runner;
use astroapers::image::View;
use astroapers::shapes::{self, Command};
use astroapers::{Aperture, KINDS, Listener, Result};

#[test]
fn what_cannot_be_copied_out_can_be_printed() {
    let view = View::from_slice(&[1_u16, 2, 3, 4, 5, 6], 2, 3).expect("there are six");
    let printed = format!("{view:?}");
    for part in ["View", "shape: (2, 3)", "strides: (6, 2)", "dtype: U2", "swapped: false"] {
        assert!(printed.contains(part), "{printed}");
    }
    let mut patient = || false;
    assert_eq!(format!("{:?}", Listener::new(&mut patient)), "Listener { .. }");
    assert_eq!(format!("{:?}", Runner { interrupted: &mut patient }), "Runner { .. }");
}

#[test]
fn every_kind_insists_on_its_parameters() {
    for kind in KINDS {
        for n in [0, kind.parameters.len() - 1, kind.parameters.len() + 1] {
            let row = vec![1.0; n];
            let refused =
                std::panic::catch_unwind(|| (kind.build)(&row)).expect_err("it takes another number");
            let words = refused.downcast_ref::<&str>().expect("it says which");
            assert!(words.starts_with(kind.name), "{words}");
            assert!(kind.parameters.iter().all(|parameter| words.contains(parameter)), "{words}");
        }
    }
}

const fn to(x: f64, y: f64) -> Command {
    Command::Line { x, y }
}

const FROM: Command = Command::Move { x: 0.0, y: 0.0 };

#[track_caller]
fn refused(aperture: Result<Aperture>, words: &str) {
    let error = aperture.expect_err("it is no path").to_string();
    assert!(error.contains(words), "{error}");
}

#[test]
fn a_contour_begins_and_ends_once() {
    let outline = [FROM, to(4.0, 0.0), Command::Move { x: 5.0, y: 5.0 }, to(0.0, 3.0), Command::Close];
    refused(
        shapes::path(&outline, &[]),
        "segments: command 2: \"move\" belongs at the start, \"close\" at the end",
    );
    let outline = [FROM, to(4.0, 0.0), Command::Close, to(0.0, 3.0), Command::Close];
    refused(shapes::path(&outline, &[]), "segments: command 2: \"move\" belongs at the start");
}

#[test]
fn a_contour_has_two_edges() {
    refused(shapes::path(&[FROM, Command::Close], &[]), "segments: a contour must have at least two edges");
}

#[test]
fn a_path_encloses_some_area() {
    // So small a triangle has none that a number could hold.
    let tiny = 1e-200;
    let outline = [FROM, to(tiny, 0.0), to(0.0, tiny), Command::Close];
    refused(shapes::path(&outline, &[]), "segments: a path must enclose some area");
}

#[test]
fn rows_of_commands_are_the_path_of_these_commands() {
    let half_disc = [
        Command::Move { x: 2.0, y: 0.0 },
        Command::Arc { cx: 0.0, cy: 0.0, r: 2.0, theta0: 0.0, dtheta: std::f64::consts::PI },
        Command::Close,
    ];
    let hole = vec![Command::Move { x: 0.0, y: 0.5 }, to(0.5, 0.5), to(0.0, 1.0), Command::Close];
    let kinds = [0, 2, 3, 0, 1, 1, 3];
    let data = [
        [2.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 2.0, 0.0, std::f64::consts::PI, 0.0],
        [0.0; 6],
        [0.0, 0.5, 0.0, 0.0, 0.0, 0.0],
        [0.5, 0.5, 0.0, 0.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
        [0.0; 6],
    ];
    let drawn = shapes::path(&half_disc, &[hole]).expect("it is a path");
    let listed = shapes::path_from_arrays(&kinds, &data).expect("it is the same");
    assert_eq!((listed.area(), listed.outline()), (drawn.area(), drawn.outline()));
}
