// The entry points of GNU's OpenMP runtime that a compiler would call for `#pragma omp parallel`.
// oneDNN runs on this runtime; using the same pool for everything else keeps two pools from competing.
#pragma once

void GOMP_parallel(void (*function)(void *), void *data, unsigned threads, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
int omp_in_parallel(void);
int omp_get_max_threads(void);
void omp_set_num_threads(int threads);
