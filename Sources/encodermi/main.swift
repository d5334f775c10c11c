import Kernels

print(Machine.convolutionLibrary)
