// ICU appends its version to the name of every function by macros, which Swift does not see: these calls hide that.
// Text is UTF-8, which must be valid, with its length in bytes.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum cicu_conversion {
  cicu_nfc,
  cicu_nfkc,
  // Case by the root locale's full mappings, final sigma included.
  cicu_lower,
  cicu_upper,
  cicu_title,
} cicu_conversion;

// Writes the converted text to output[0..<capacity]. Returns the bytes that it takes, which may exceed capacity: then
// output holds nothing of use; or -1 if memory ran out.
int32_t cicu_convert(cicu_conversion conversion, const uint8_t *text, int32_t length, uint8_t *output,
                     int32_t capacity);

// The general category of a scalar: ICU's UCharCategory, 0 for unassigned.
int32_t cicu_category(int32_t scalar);

// Whether a scalar has Unicode's property White_Space.
bool cicu_is_white_space(int32_t scalar);

// The version of Unicode whose properties these are, such as "15.0".
const char *cicu_unicode_version(void);

// Word boundaries of the root locale (UAX 29, with dictionaries for scripts that write no spaces).
typedef struct cicu_words cicu_words;

// NULL if ICU's data are not there.
cicu_words *cicu_words_open(void);
void cicu_words_close(cicu_words *words);

// Where segments end, in bytes, and for each whether it is a word (letters, digits, kana, ideographs) or what stands
// between words. Returns their number, of which the first `capacity` are written; or -1.
int32_t cicu_words_split(cicu_words *words, const uint8_t *text, int32_t length, int32_t *ends, bool *is_word,
                         int32_t capacity);

// A regular expression of ICU.
typedef struct cicu_expression cicu_expression;

// NULL for a pattern that is none; then *offset is the UTF-16 unit at which that showed.
cicu_expression *cicu_expression_open(const uint8_t *pattern, int32_t length, bool ignores_case, int32_t *offset);
cicu_expression *cicu_expression_copy(const cicu_expression *expression);
void cicu_expression_close(cicu_expression *expression);

// Starts and ends of all matches in bytes, alternating. Returns the number of matches, of which the first `capacity`
// are written; or -1 when matching takes more memory than ICU allows.
int32_t cicu_expression_matches(cicu_expression *expression, const uint8_t *text, int32_t length, int32_t *bounds,
                                int32_t capacity);
