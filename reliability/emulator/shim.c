/* Loaded before the wheel of bochscpu-python, by LD_PRELOAD.
 *
 * The wheel was linked against glibc 2.38, and its names for two functions are not known before; elsewhere they mean the same.
 *
 * Bochs calls a function before and after each instruction and at each access. The wheel hands these to Python's hooks,
 * even where none is set; empty ones make it more than twice as fast. Hooks that the emulator sets are not among them. */

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned long long __isoc23_strtoull(const char *text, char **end, int base) { return strtoull(text, end, base); }

int __isoc23_sscanf(const char *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int found = vsscanf(text, format, arguments);
    va_end(arguments);
    return found;
}

/* Bochs's own clock stands still in the wheel. */
uint64_t instructions;
void bx_instr_before_execution(void) { ++instructions; }

/* A thread's turn ends with the first call after so many instructions: no mask register holds anything across a call, and
 * those are what cannot be read and restored from outside. */
uint64_t turn = UINT64_MAX;
int over;
void (*stop)(unsigned); /* Bochs's own; set by Python */

enum { CALL = 12, INDIRECT_CALL = 13 };

void bx_instr_ucnear_branch(unsigned processor, unsigned what) {
    if (instructions > turn && (what == CALL || what == INDIRECT_CALL)) {
        over = 1;
        turn = UINT64_MAX;
        stop(processor);
    }
}

#define WITHOUT(hook) void bx_instr_##hook(void) {}

WITHOUT(after_execution)
WITHOUT(repeat_iteration)
WITHOUT(opcode)
WITHOUT(lin_access)
WITHOUT(phy_access)
WITHOUT(cnear_branch_taken)
WITHOUT(cnear_branch_not_taken)

/* Bochs 3.0 takes gathers and scatters whose index is one of the vector registers 16 to 31 for invalid: it reads the fifth bit of
 * the index (EVEX.V') as part of an operand that is not there (Intel, Software Developer's Manual 2A, table 2-31).
 * They are decoded with the register 16 below, and the index is set right afterwards. */

typedef int decoder(const uint8_t *, unsigned *, uint8_t *, unsigned, unsigned, unsigned, const void *);

decoder *decode_evex; /* Bochs's own; set by Python */

enum { LONGEST = 15, INSTRUCTION = 64, V_PRIME = 0x08, X = 0x40 };

/* After 62: P0 P1 P2, opcode, ModRM with a SIB byte. */
static int has_vector_index(const uint8_t *code, unsigned size) {
    int accesses = (code[3] & ~3) == 0x90 || (code[3] & ~3) == 0xa0;
    return size > 5 && (code[0] & 7) == 2 && (code[1] & 3) == 1 && accesses && code[4] < 0xc0 && (code[4] & 7) == 4;
}

/* Where Bochs keeps the index of a decoded instruction: the one byte that differs by 8 when the index does. */
static int index_at(const uint8_t *code, unsigned size, const uint8_t *blank, unsigned b1, const void *table) {
    static int at;
    uint8_t changed[LONGEST], decoded[2][INSTRUCTION];
    if (at) return at;
    memcpy(changed, code, size);
    for (int i = 0; i < 2; ++i, changed[0] ^= X) {
        unsigned left = size;
        memcpy(decoded[i], blank, INSTRUCTION);
        decode_evex(changed, &left, decoded[i], b1, 0, 0, table);
    }
    for (int i = 0; i < INSTRUCTION; ++i)
        if ((decoded[0][i] ^ decoded[1][i]) == 8) return at = i;
    abort();
}

int _Z14decoder_evex64PKhRjP15bxInstruction_cjjjPKv(const uint8_t *code, unsigned *left, uint8_t *instruction, unsigned b1,
                                                    unsigned sse_prefix, unsigned rex_prefix, const void *table) {
    if (!has_vector_index(code, *left) || code[2] & V_PRIME)
        return decode_evex(code, left, instruction, b1, sse_prefix, rex_prefix, table);
    unsigned size = *left < LONGEST ? *left : LONGEST;
    uint8_t low[LONGEST];
    memcpy(low, code, size);
    low[2] |= V_PRIME;
    int at = index_at(low, size, instruction, b1, table);
    int opcode = decode_evex(low, left, instruction, b1, sse_prefix, rex_prefix, table);
    instruction[at] += 16;
    return opcode;
}
