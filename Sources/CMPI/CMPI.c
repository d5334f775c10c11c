#include "CMPI.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

// The functions with handles of a type.
#define FUNCTIONS(HANDLE)                                                                                            \
  int (*init_thread)(int *, char ***, int, int *);                                                                   \
  int (*rank)(HANDLE, int *);                                                                                        \
  int (*size)(HANDLE, int *);                                                                                        \
  int (*all_to_all)(                                                                                                 \
    const void *, const int *, const int *, HANDLE, void *, const int *, const int *, HANDLE, HANDLE);               \
  int (*all_gather)(const void *, int, HANDLE, void *, const int *, const int *, HANDLE, HANDLE);                    \
  int (*finalize)(void);                                                                                             \
  int (*abort)(HANDLE, int);                                                                                         \
  HANDLE world;                                                                                                      \
  HANDLE byte

static struct {
  FUNCTIONS(void *);
} open_mpi;

static struct {
  FUNCTIONS(int);
} mpich;

static cmpi_interface interface;

// Each process starts one thread that communicates; the others compute.
static const int funneled = 1;

#define FIND(field, name)                                                                                            \
  do {                                                                                                               \
    if (!(*(void **)&(field) = dlsym(library, name))) {                                                              \
      snprintf(detail, capacity, "%s", name);                                                                        \
      return cmpi_no_symbol;                                                                                         \
    }                                                                                                                \
  } while (0)

#define FIND_ALL(functions)                                                                                          \
  FIND((functions).init_thread, "MPI_Init_thread");                                                                  \
  FIND((functions).rank, "MPI_Comm_rank");                                                                           \
  FIND((functions).size, "MPI_Comm_size");                                                                           \
  FIND((functions).all_to_all, "MPI_Alltoallv");                                                                     \
  FIND((functions).all_gather, "MPI_Allgatherv");                                                                    \
  FIND((functions).finalize, "MPI_Finalize");                                                                        \
  FIND((functions).abort, "MPI_Abort")

// Open MPI's plug-ins look for its symbols among those of the whole program.
static void *opened(const char *name) { return dlopen(name, RTLD_NOW | RTLD_GLOBAL); }

cmpi_failure cmpi_start(cmpi_interface wanted, char *detail, size_t capacity) {
  int provided = 0, status;
  if (wanted == cmpi_open_mpi) {
    void *library = opened("libmpi.so.40");
    if (!library) {
      snprintf(detail, capacity, "libmpi.so.40");
      return cmpi_no_library;
    }
    FIND_ALL(open_mpi);
    FIND(open_mpi.world, "ompi_mpi_comm_world");
    FIND(open_mpi.byte, "ompi_mpi_byte");
    status = open_mpi.init_thread(NULL, NULL, funneled, &provided);
  } else {
    // Debian's name, and that of the agreement.
    void *library = opened("libmpich.so.12");
    if (!library) library = opened("libmpi.so.12");
    if (!library) {
      snprintf(detail, capacity, "libmpich.so.12");
      return cmpi_no_library;
    }
    FIND_ALL(mpich);
    mpich.world = 0x44000000;
    mpich.byte = 0x4c00010d;
    status = mpich.init_thread(NULL, NULL, funneled, &provided);
  }
  if (status != 0) {
    snprintf(detail, capacity, "MPI_Init_thread gave %d", status);
    return cmpi_no_start;
  }
  interface = wanted;
  return cmpi_none;
}

// Errors of these calls end all processes: that is MPI's rule unless another is set.

int cmpi_rank(void) {
  int value = 0;
  if (interface == cmpi_open_mpi) {
    open_mpi.rank(open_mpi.world, &value);
  } else {
    mpich.rank(mpich.world, &value);
  }
  return value;
}

int cmpi_size(void) {
  int value = 0;
  if (interface == cmpi_open_mpi) {
    open_mpi.size(open_mpi.world, &value);
  } else {
    mpich.size(mpich.world, &value);
  }
  return value;
}

void cmpi_all_to_all(
  const void *send, const int *send_counts, const int *send_offsets, void *receive, const int *receive_counts,
  const int *receive_offsets) {
  if (interface == cmpi_open_mpi) {
    open_mpi.all_to_all(
      send, send_counts, send_offsets, open_mpi.byte, receive, receive_counts, receive_offsets, open_mpi.byte,
      open_mpi.world);
  } else {
    mpich.all_to_all(
      send, send_counts, send_offsets, mpich.byte, receive, receive_counts, receive_offsets, mpich.byte,
      mpich.world);
  }
}

void cmpi_all_gather(
  const void *send, int count, void *receive, const int *receive_counts, const int *receive_offsets) {
  if (interface == cmpi_open_mpi) {
    open_mpi.all_gather(
      send, count, open_mpi.byte, receive, receive_counts, receive_offsets, open_mpi.byte, open_mpi.world);
  } else {
    mpich.all_gather(send, count, mpich.byte, receive, receive_counts, receive_offsets, mpich.byte, mpich.world);
  }
}

void cmpi_finish(void) {
  if (interface == cmpi_open_mpi) {
    open_mpi.finalize();
  } else {
    mpich.finalize();
  }
}

void cmpi_abort(int code) {
  if (interface == cmpi_open_mpi) {
    open_mpi.abort(open_mpi.world, code);
  } else {
    mpich.abort(mpich.world, code);
  }
}
