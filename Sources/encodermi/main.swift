import Kernels
print(Machine.convolutionLibrary, Threads.count, Tensor([1, 2], shape: [2]).values)
