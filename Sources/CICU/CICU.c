#include "CICU.h"

#include <stdlib.h>

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uregex.h>
#include <unicode/ustring.h>
#include <unicode/utext.h>

// A case mapping or a composition makes at most three UTF-16 units of one, NFKC eighteen.
enum { small = 512, growth = 3, compatibility_growth = 18 };

static const UNormalizer2 *normalizer(cicu_conversion conversion, UErrorCode *status) {
  return conversion == cicu_nfc ? unorm2_getNFCInstance(status) : unorm2_getNFKCInstance(status);
}

static int32_t converted(cicu_conversion conversion, const UChar *from, int32_t length, UChar *to, int32_t capacity,
                         UErrorCode *status) {
  switch (conversion) {
    case cicu_lower: return u_strToLower(to, capacity, from, length, "", status);
    case cicu_upper: return u_strToUpper(to, capacity, from, length, "", status);
    case cicu_title: return u_strToTitle(to, capacity, from, length, NULL, "", status);
    default: return unorm2_normalize(normalizer(conversion, status), from, length, to, capacity, status);
  }
}

int32_t cicu_convert(cicu_conversion conversion, const uint8_t *text, int32_t length, uint8_t *output,
                     int32_t capacity) {
  UChar fixed[small * (1 + growth)];
  int32_t factor = conversion == cicu_nfkc ? compatibility_growth : growth;
  int64_t room = (int64_t)length * factor + 1;
  if (room > INT32_MAX / 2) return -1;
  UChar *from = fixed;
  UChar *memory = NULL;
  if (length + room > small * (1 + growth)) {
    memory = malloc(((size_t)length + (size_t)room) * sizeof(UChar));
    if (!memory) return -1;
    from = memory;
  }
  UChar *to = from + length;
  UErrorCode status = U_ZERO_ERROR;
  int32_t units = 0, result = 0, bytes = 0;
  u_strFromUTF8(from, length, &units, (const char *)text, length, &status);
  result = converted(conversion, from, units, to, (int32_t)room, &status);
  if (U_SUCCESS(status)) {
    status = U_ZERO_ERROR;
    u_strToUTF8((char *)output, capacity, &bytes, to, result, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) status = U_ZERO_ERROR;
  }
  free(memory);
  return U_SUCCESS(status) ? bytes : -1;
}

int32_t cicu_category(int32_t scalar) { return u_charType(scalar); }

bool cicu_is_white_space(int32_t scalar) { return u_isUWhiteSpace(scalar); }

const char *cicu_unicode_version(void) { return U_UNICODE_VERSION; }

cicu_words *cicu_words_open(void) {
  UErrorCode status = U_ZERO_ERROR;
  return (cicu_words *)ubrk_open(UBRK_WORD, "", NULL, 0, &status);
}

void cicu_words_close(cicu_words *words) { ubrk_close((UBreakIterator *)words); }

int32_t cicu_words_split(cicu_words *words, const uint8_t *text, int32_t length, int32_t *ends, bool *is_word,
                         int32_t capacity) {
  UBreakIterator *iterator = (UBreakIterator *)words;
  UErrorCode status = U_ZERO_ERROR;
  UText source = UTEXT_INITIALIZER;
  utext_openUTF8(&source, (const char *)text, length, &status);
  ubrk_setUText(iterator, &source, &status);
  int32_t count = 0;
  if (U_SUCCESS(status)) {
    ubrk_first(iterator);
    for (int32_t end; (end = ubrk_next(iterator)) != UBRK_DONE; count++) {
      if (count >= capacity) continue;
      ends[count] = end;
      is_word[count] = ubrk_getRuleStatus(iterator) >= UBRK_WORD_NUMBER;
    }
  }
  utext_close(&source);
  return U_SUCCESS(status) ? count : -1;
}

cicu_expression *cicu_expression_open(const uint8_t *pattern, int32_t length, bool ignores_case, int32_t *offset) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError place = {0};
  UText source = UTEXT_INITIALIZER;
  utext_openUTF8(&source, (const char *)pattern, length, &status);
  URegularExpression *result =
      uregex_openUText(&source, ignores_case ? UREGEX_CASE_INSENSITIVE : 0, &place, &status);
  utext_close(&source);
  *offset = place.offset;
  if (U_SUCCESS(status)) return (cicu_expression *)result;
  uregex_close(result);
  return NULL;
}

cicu_expression *cicu_expression_copy(const cicu_expression *expression) {
  UErrorCode status = U_ZERO_ERROR;
  return (cicu_expression *)uregex_clone((const URegularExpression *)expression, &status);
}

void cicu_expression_close(cicu_expression *expression) { uregex_close((URegularExpression *)expression); }

int32_t cicu_expression_matches(cicu_expression *expression, const uint8_t *text, int32_t length, int32_t *bounds,
                                int32_t capacity) {
  URegularExpression *regular = (URegularExpression *)expression;
  UErrorCode status = U_ZERO_ERROR;
  UText source = UTEXT_INITIALIZER;
  utext_openUTF8(&source, (const char *)text, length, &status);
  uregex_setUText(regular, &source, &status);
  int32_t count = 0;
  for (; U_SUCCESS(status) && uregex_findNext(regular, &status); count++) {
    if (count >= capacity) continue;
    bounds[2 * count] = (int32_t)uregex_start64(regular, 0, &status);
    bounds[2 * count + 1] = (int32_t)uregex_end64(regular, 0, &status);
  }
  utext_close(&source);
  return U_SUCCESS(status) ? count : -1;
}
