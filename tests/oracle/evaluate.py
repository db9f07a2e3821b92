#!/usr/bin/env python
"""Score an exact pixel-aperture library against the oracle vectors.

  python evaluate.py [--python-path DIR] [--module astroapers] [--lib aap|photutils|sep]
                     [--split public|hidden|all] [--worst N] [--json OUT]

`aap` = any package with the astroapers object API (CircAp((x,y), r).weights_exact() ...).
"""
import argparse, json, math, os, sys, time, importlib, traceback, faulthandler
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
faulthandler.enable()


def load(split):
    out = []
    for s in (("public", "hidden") if split == "all" else (split,)):
        z = np.load(f"{HERE}/vectors/{s}.npz")
        with open(f"{HERE}/vectors/{s}.json") as f:
            d = json.load(f)
        val, cls, smp, cen = z["val"], z["cls"], z["smp"], z["cen"]
        for c in d["cases"]:
            c["split"] = s
            v = val[c["o_val"]:c["o_val"] + c["n"]]
            c["val"] = v
            c["cen"] = cen[c["o_val"]:c["o_val"] + c["n"]]
            if c["mode"] == "sample":
                c["smp"] = smp[c["o_smp"]:c["o_smp"] + c["n"]]
            else:
                i0, i1, j0, j1 = c["win"]
                k = cls[c["o_cls"]:c["o_cls"] + (i1 - i0) * (j1 - j0)].reshape(j1 - j0, i1 - i0)
                w = (k == 1).astype(float)
                w[k == 2] = v
                c["w"], c["cls"] = w, k
            c["area"] = float(c["area"])
            out.append(c)
    return out


class Aap:
    shapes = {"circ", "ellip", "rect", "pill", "wedge", "circ_ann", "ellip_ann", "rect_ann", "pill_ann", "path"}
    center = True

    def __init__(s, mod):
        s.m = mod

    def make(s, c, x=None, y=None):
        m, p = s.m, c["par"]
        xy = (c["x"] if x is None else x, c["y"] if y is None else y)
        k = c["shape"]
        if k == "circ": return m.CircAp(xy, p["r"])
        if k == "ellip": return m.EllipAp(xy, p["a"], p["b"], p["theta"])
        if k == "rect": return m.RectAp(xy, p["w"], p["h"], p["theta"])
        if k == "pill": return m.PillAp(xy, p["w"], p["a"], p["b"], p["theta"])
        if k == "wedge": return m.WedgeAp(xy, p["r_in"], p["r_out"], p["theta_in"], p["dtheta_in"], p["theta_out"], p["dtheta_out"])
        if k == "circ_ann": return m.CircAn(xy, p["r_in"], p["r_out"])
        if k == "ellip_ann": return m.EllipAn(xy, p["a_in"], p["b_in"], p["a_out"], p["b_out"], theta_in=p["theta_in"], theta_out=p["theta_out"])
        if k == "rect_ann": return m.RectAn(xy, p["w_in"], p["h_in"], p["w_out"], p["h_out"], theta_in=p["theta_in"], theta_out=p["theta_out"])
        if k == "pill_ann": return m.PillAn(xy, p["w_in"], p["a_in"], p["b_in"], p["w_out"], p["a_out"], p["b_out"], theta_in=p["theta_in"], theta_out=p["theta_out"])
        if k == "path":
            return m.PathAp(xy, [tuple(q) for q in p["segments"]], [[tuple(q) for q in h] for h in p.get("holes") or []] or None)
        raise KeyError(k)

    def exact(s, c, **k):
        ap = s.make(c, **k)
        b = ap.bboxes()[0]
        return np.asarray(ap.weights_exact()[0]), b.ixmin, b.iymin

    def centre(s, c, **k):
        ap = s.make(c, **k)
        b = ap.bboxes()[0]
        return np.asarray(ap.weights_center()[0]), b.ixmin, b.iymin

    def apsum(s, c, img, x, y):
        r = s.make(c, x=x, y=y).apsum_exact(img)
        return float(np.asarray(r[0]).reshape(-1)[0]), float(np.asarray(r[1]).reshape(-1)[0])


class Phot:
    shapes = {"circ", "ellip", "rect", "circ_ann", "ellip_ann", "rect_ann"}
    center = True

    def __init__(s):
        import photutils.aperture as A
        s.A = A

    def make(s, c, x=None, y=None):
        A, p = s.A, c["par"]
        xy = (c["x"] if x is None else x, c["y"] if y is None else y)
        k = c["shape"]
        if k == "circ": return A.CircularAperture(xy, p["r"])
        if k == "ellip": return A.EllipticalAperture(xy, p["a"], p["b"], theta=p["theta"])
        if k == "rect": return A.RectangularAperture(xy, p["w"], p["h"], theta=p["theta"])
        if k.endswith("_ann") and k != "circ_ann":
            # photutils: one common theta, and outer/inner must both be strictly ordered
            if p["theta_in"] != p["theta_out"]:
                raise NotImplementedError
        if k == "circ_ann":
            if p["r_in"] <= 0: raise NotImplementedError
            return A.CircularAnnulus(xy, p["r_in"], p["r_out"])
        if k == "ellip_ann": return A.EllipticalAnnulus(xy, p["a_in"], p["a_out"], p["b_out"], b_in=p["b_in"], theta=p["theta_in"])
        if k == "rect_ann": return A.RectangularAnnulus(xy, p["w_in"], p["w_out"], p["h_out"], h_in=p["h_in"], theta=p["theta_in"])
        raise NotImplementedError

    def exact(s, c, **k):
        mk = s.make(c, **k).to_mask(method="exact")
        return np.asarray(mk.data), mk.bbox.ixmin, mk.bbox.iymin

    def centre(s, c, **k):
        mk = s.make(c, **k).to_mask(method="center")
        return np.asarray(mk.data), mk.bbox.ixmin, mk.bbox.iymin

    def apsum(s, c, img, x, y):
        v = s.make(c, x=x, y=y).do_photometry(img, method="exact")[0][0]
        return float(v), math.nan


class Sep:
    """sep has no weights API: delta images give single weights, one call per pixel."""
    shapes = {"circ", "ellip", "circ_ann", "ellip_ann"}
    center = False

    def __init__(s):
        import sep
        s.sep = sep
        s.rng = np.random.default_rng(0)

    def _sum(s, c, img, x, y):
        p, k = c["par"], c["shape"]
        if k == "circ": r = s.sep.sum_circle(img, [x], [y], p["r"], subpix=0)
        elif k == "circ_ann":
            if p["r_in"] <= 0: raise NotImplementedError
            r = s.sep.sum_circann(img, [x], [y], p["r_in"], p["r_out"], subpix=0)
        else:
            th = p.get("theta", p.get("theta_in"))
            th = math.remainder(th, math.pi)       # sep demands -pi/2..pi/2 (adds ~1e-16)
            th = min(max(th, -math.pi / 2), math.pi / 2)
            if k == "ellip": r = s.sep.sum_ellipse(img, [x], [y], p["a"], p["b"], th, 1.0, subpix=0)
            else:
                if p["theta_in"] != p["theta_out"] or abs(p["b_in"] / p["a_in"] - p["b_out"] / p["a_out"]) > 1e-15:
                    raise NotImplementedError
                r = s.sep.sum_ellipann(img, [x], [y], p["a_in"], p["b_in"], th, 1.0, p["a_out"] / p["a_in"], subpix=0)
        return float(r[0][0])

    def exact(s, c, x=None, y=None):
        x0, y0 = c["x"] if x is None else x, c["y"] if y is None else y
        # integer shift into a small image (exact: checked by caller through same rule)
        if c["mode"] == "sample":
            raise NotImplementedError
        i0, i1, j0, j1 = c["win"]
        sx, sy = i0 - 3, j0 - 3
        from fractions import Fraction as F
        xx, yy = x0 - sx, y0 - sy
        if F(xx) != F(x0) - sx or F(yy) != F(y0) - sy:
            raise NotImplementedError
        ny, nx = j1 - j0 + 6, i1 - i0 + 6
        out = np.full((j1 - j0, i1 - i0), np.nan)
        s.tot = s._sum(c, np.ones((ny, nx)), xx, yy)
        part = np.argwhere(c["cls"] == 2)
        n = min(40, len(part))
        for jj, ii in part[s.rng.choice(len(part), n, replace=False)] if n else []:
            im = np.zeros((ny, nx))
            im[jj + 3, ii + 3] = 1.0
            out[jj, ii] = s._sum(c, im, xx, yy)
        return out, i0, j0

    def apsum(s, c, img, x, y):
        return s._sum(c, img, x, y), math.nan


def frac_shift(c, sx, sy):
    from fractions import Fraction as F
    x, y = c["x"] - sx, c["y"] - sy
    if F(x) == F(c["x"]) - sx and F(y) == F(c["y"]) - sy:
        return x, y
    return None


def compare(c, W, i0, j0):
    """-> (max abs err, (i,j,got,want), max out-of-[0,1], rel area err, neg count)"""
    if c["mode"] == "sample":
        ii, jj = c["smp"][:, 0] - i0, c["smp"][:, 1] - j0
        ok = (ii >= 0) & (jj >= 0) & (ii < W.shape[1]) & (jj < W.shape[0])
        got = np.zeros(len(ii))
        got[ok] = W[jj[ok], ii[ok]]
        d = np.abs(got - c["val"])
        d = np.where(np.isnan(d), np.inf, d)
        k = int(d.argmax())
        worst = (d[k], (int(c["smp"][k, 0]), int(c["smp"][k, 1]), float(got[k]), float(c["val"][k])))
    else:
        a0, a1, b0, b1 = c["win"]
        lo_i, lo_j = min(a0, i0), min(b0, j0)
        hi_i, hi_j = max(a1, i0 + W.shape[1]), max(b1, j0 + W.shape[0])
        G = np.zeros((hi_j - lo_j, hi_i - lo_i))
        E = np.zeros_like(G)
        G[j0 - lo_j:j0 - lo_j + W.shape[0], i0 - lo_i:i0 - lo_i + W.shape[1]] = W
        E[b0 - lo_j:b1 - lo_j, a0 - lo_i:a1 - lo_i] = c["w"]
        d = np.abs(G - E)
        d = np.where(np.isnan(d), np.inf, d)
        j, i = np.unravel_index(int(d.argmax()), d.shape)
        worst = (d[j, i], (int(i + lo_i), int(j + lo_j), float(G[j, i]), float(E[j, i])))
    out = max(0.0, float(np.nanmax(W)) - 1.0, -float(np.nanmin(W))) if W.size else 0.0
    return worst, out


def centre_check(c, W, i0, j0, st):
    def get(i, j):
        i, j = i - i0, j - j0
        return W[j, i] if 0 <= i < W.shape[1] and 0 <= j < W.shape[0] else 0.0
    bad = []
    if c["mode"] == "sample":
        pts = [(int(i), int(j), int(k)) for (i, j), k in zip(c["smp"], c["cen"])]
    else:
        a0, _, b0, _ = c["win"]
        part = np.argwhere(c["cls"] == 2)
        pts = [(int(i) + a0, int(j) + b0, int(k)) for (j, i), k in zip(part, c["cen"])]
        fj, fi = np.nonzero(c["cls"] == 1)
        for j, i in zip(fj, fi):
            if get(i + a0, j + b0) != 1:
                bad.append((int(i) + a0, int(j) + b0, "full pixel not selected"))
        # pixels the oracle says have zero area must not be selected
        n_all = int((W != 0).sum())
        n_in = sum(get(i, j) != 0 for i, j, _ in pts) + sum(get(i + a0, j + b0) != 0 for j, i in zip(fj, fi))
        if n_all != n_in:
            bad.append(("zero-area pixels selected", n_all - n_in))
    for i, j, k in pts:
        g = get(i, j)
        if k in (0, 1) and g != k:
            bad.append((i, j, f"centre clearly {'in' if k else 'out'}, got {g}"))
        elif k in (3, 4):
            st["near"] += 1
            st["near_bad"] += g != (1 if k == 3 else 0)
        elif k == 2:
            key = c["shape"]
            st["tie"].setdefault(key, [0, 0])[1 if g else 0] += 1
    return bad


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--python-path")
    ap.add_argument("--module", default="astroapers")
    ap.add_argument("--lib", default="aap", choices=["aap", "photutils", "sep"])
    ap.add_argument("--split", default="all", choices=["public", "hidden", "all"])
    ap.add_argument("--worst", type=int, default=25)
    ap.add_argument("--max-sample-r", type=float, default=1e9)
    ap.add_argument("--json")
    ap.add_argument("--by-shape", action="store_true")
    a = ap.parse_args()
    if a.python_path:
        sys.path.insert(0, a.python_path)
    if a.lib == "aap":
        mod = importlib.import_module(a.module)
        L = Aap(mod)
        print("module", mod.__file__)
    else:
        L = Phot() if a.lib == "photutils" else Sep()
    cases = load(a.split)
    cats = {}
    rows = []
    st = dict(near=0, near_bad=0, tie={})
    cbad, apbad, trbad = [], [], []
    ap_n = tr_n = 0
    ap_max = tr_max = npx_max = 0.0
    rng = np.random.default_rng(7)
    t0 = time.time()
    for c in cases:
        if c["shape"] not in L.shapes:
            continue
        name = f"{c['cat']}/{c['shape']}" if a.by_shape else c["cat"]
        R = cats.setdefault(name, dict(n=0, err=0.0, rel=0.0, relerr=0.0, crash=0, g12=0, g9=0, out=0, outmax=0.0, skip=0))
        try:
            W, i0, j0 = L.exact(c)
        except NotImplementedError:
            R["skip"] += 1
            continue
        except BaseException as e:           # pyo3 PanicException derives from BaseException
            if isinstance(e, KeyboardInterrupt): raise
            R["n"] += 1
            R["crash"] += 1
            rows.append((math.inf, c, f"CRASH {type(e).__name__}: {str(e)[:160]}"))
            continue
        R["n"] += 1
        if a.lib == "sep":
            m = ~np.isnan(W)
            d = np.abs(W[m] - c["w"][m])
            wst = (float(d.max()) if d.size else 0.0, None)
            out = max(0.0, float(W[m].max()) - 1, -float(W[m].min())) if d.size else 0.0
            tot = L.tot
        else:
            wst, out = compare(c, W, i0, j0)
            tot = float(math.fsum(W.ravel())) if W.size < 4e6 else float(W.sum())
        rel = abs(tot / c["area"] - 1) if c["area"] > 0 else abs(tot)
        if math.isnan(rel): rel = math.inf
        R["err"] = max(R["err"], wst[0]); R["rel"] = max(R["rel"], rel)
        R["g12"] += wst[0] > 1e-12; R["g9"] += wst[0] > 1e-9
        R["out"] += out > 0; R["outmax"] = max(R["outmax"], out)
        rows.append((wst[0], c, dict(worst=wst[1], relarea=rel, out=out)))
        if L.center:
            try:
                Wc, ci, cj = L.centre(c)
                b = centre_check(c, Wc, ci, cj, st)
                if b: cbad.append((c, b))
            except NotImplementedError:
                pass
            except BaseException as e:
                if isinstance(e, KeyboardInterrupt): raise
                cbad.append((c, [f"CRASH {type(e).__name__} {e}"]))
        if c["mode"] == "dense":
            # weighted sum on a random image, shifted by an exactly representable integer
            i_0, i_1, j_0, j_1 = c["win"]
            sh = frac_shift(c, i_0 - 4, j_0 - 4)
            if sh is not None:
                img = rng.random((j_1 - j_0 + 8, i_1 - i_0 + 8)) * 1000
                wt = np.zeros_like(img)
                wt[4:-4, 4:-4] = c["w"]
                want = math.fsum((wt * img).ravel())
                try:
                    s_, npx = L.apsum(c, img, *sh)
                    e = abs(s_ - want) / want if want > 0 else abs(s_)
                    ap_n += 1
                    ap_max = max(ap_max, e)
                    en = abs(npx / c["area"] - 1) if c["area"] > 0 and not math.isnan(npx) else 0.0
                    npx_max = max(npx_max, en)
                    if not e < 1e-11 or not en < 1e-11: apbad.append((max(e, en), c, s_, want, npx))
                except NotImplementedError:
                    pass
                except BaseException as ex:
                    if isinstance(ex, KeyboardInterrupt): raise
                    apbad.append((math.inf, c, f"CRASH {type(ex).__name__} {ex}", want, 0))
                if a.lib != "sep":
                    try:
                        W2, i2, j2 = L.exact(c, x=sh[0], y=sh[1])
                        tr_n += 1
                        if W2.shape != W.shape or (i2 + i_0 - 4, j2 + j_0 - 4) != (i0, j0):
                            trbad.append((math.inf, c, "bbox differs"))
                        else:
                            e = float(np.abs(W2 - W).max())
                            tr_max = max(tr_max, e)
                            if not e <= 1e-13: trbad.append((e, c, ""))
                    except BaseException as ex:
                        if isinstance(ex, KeyboardInterrupt): raise
                        trbad.append((math.inf, c, f"CRASH {ex}"))
    hdr = f"{'category':24s}{'cases':>6s}{'max|dw|':>10s}{'max rel area':>13s}{'crash':>6s}{'>1e-12':>7s}{'>1e-9':>6s}{'out[0,1]':>9s}{'max out':>9s}{'n/a':>5s}"
    print(f"library={a.lib} split={a.split}  ({time.time()-t0:.1f}s)")
    print(hdr)
    T = dict(n=0, err=0.0, rel=0.0, crash=0, g12=0, g9=0, out=0, outmax=0.0, skip=0)
    for k in sorted(cats):
        v = cats[k]
        print(f"{k:24s}{v['n']:6d}{v['err']:10.1e}{v['rel']:13.1e}{v['crash']:6d}{v['g12']:7d}{v['g9']:6d}{v['out']:9d}{v['outmax']:9.1e}{v['skip']:5d}")
        for q in T: T[q] = max(T[q], v[q]) if q in ("err", "rel", "outmax") else T[q] + v[q]
    v = T
    print(f"{'TOTAL':24s}{v['n']:6d}{v['err']:10.1e}{v['rel']:13.1e}{v['crash']:6d}{v['g12']:7d}{v['g9']:6d}{v['out']:9d}{v['outmax']:9.1e}{v['skip']:5d}")
    print(f"\napsum vs oracle on random images: n={ap_n} max rel err={ap_max:.1e}, npix max rel err={npx_max:.1e}, >1e-11: {len(apbad)}")
    print(f"integer translation: n={tr_n} max |dw|={tr_max:.1e}, >1e-13 or bbox change: {len(trbad)}")
    if L.center:
        print(f"centre method: cases with clear disagreement={len(cbad)}; near-ties (<1e-12 px) {st['near']} wrong {st['near_bad']}; exact ties by shape (excluded,included): {st['tie']}")
        for c, b in cbad[:12]: print("   centre:", c["id"], c["cat"], c["shape"], c["x"], c["y"], json.dumps(c["par"])[:120], b[:3], f"(+{max(0,len(b)-3)})")
    rows.sort(key=lambda r: -r[0])
    print("\nworst cases:")
    for e, c, info in rows[:a.worst]:
        if e < 1e-13: break
        print(f"  {e:.2e} id={c['id']} {c['split']} {c['cat']}/{c['shape']} x={c['x']!r} y={c['y']!r} {json.dumps(c['par'])[:230]} {info}")
    byrel = sorted((r for r in rows if isinstance(r[2], dict)), key=lambda r: -r[2]["relarea"])
    print("worst relative area:")
    for e, c, info in byrel[:10]:
        if info["relarea"] < 1e-12: break
        print(f"  rel={info['relarea']:.2e} absw={e:.1e} id={c['id']} {c['cat']}/{c['shape']} x={c['x']!r} y={c['y']!r} {json.dumps(c['par'])[:160]}")
    for nm, L_ in (("apsum", apbad), ("translation", trbad)):
        L_.sort(key=lambda t: -t[0])
        for t in L_[:6]: print(f"  {nm}: {t[0]:.1e} id={t[1]['id']} {t[1]['cat']}/{t[1]['shape']} {t[2:]}")
    if a.json:
        json.dump([dict(id=c["id"], cat=c["cat"], shape=c["shape"], err=e, info=str(i)) for e, c, i in rows], open(a.json, "w"))


if __name__ == "__main__":
    main()
