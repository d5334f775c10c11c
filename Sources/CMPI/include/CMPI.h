// The few functions of MPI that processes of one training need, found when the program runs.
//
// Nothing of MPI is needed to build: the library is opened by its name, and its handles are told here. There are two
// binary interfaces: Open MPI's, whose handles are addresses of its symbols (the same in versions 4 and 5), and the one
// that MPICH and its relatives have agreed on, whose handles are fixed numbers. All data are bytes.
#pragma once

#include <stddef.h>

typedef enum cmpi_interface { cmpi_open_mpi = 1, cmpi_mpich = 2 } cmpi_interface;

// What went wrong while opening.
typedef enum cmpi_failure { cmpi_none = 0, cmpi_no_library = 1, cmpi_no_symbol = 2, cmpi_no_start = 3 } cmpi_failure;

// Opens the library of an interface and joins the other processes. Where that fails `detail` says what is missing.
cmpi_failure cmpi_start(cmpi_interface wanted, char *detail, size_t capacity);

int cmpi_rank(void);
int cmpi_size(void);

// Sends a piece of `send` to each process and takes one of each into `receive`; counts and offsets in bytes, by rank.
void cmpi_all_to_all(
  const void *send, const int *send_counts, const int *send_offsets, void *receive, const int *receive_counts,
  const int *receive_offsets);

// Takes what every process sends into `receive`; counts and offsets in bytes, by rank.
void cmpi_all_gather(
  const void *send, int count, void *receive, const int *receive_counts, const int *receive_offsets);

// Leaves the other processes in order, once all are here.
void cmpi_finish(void);

// Ends all processes at once.
void cmpi_abort(int code);
