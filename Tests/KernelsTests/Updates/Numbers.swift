import Kernels
import Networks

/// Sizes around the vector width, the sum block and the grain of a thread.
let updateSizes = [1, 15, 16, 17, 4095, 4097, 70_003]

/// Normal numbers, the same for the same seed.
func normals(_ count: Int, seed: UInt64) -> [Float] {
  let stream = RandomStream(seed: seed, name: "numbers")
  return (0..<count).map { index in
    var item = stream.substream(index)
    return item.normal()
  }
}

func flatNormals(_ count: Int, seed: UInt64) -> Tensor { Tensor(normals(count, seed: seed), shape: [count]) }

func bits(_ tensor: Tensor) -> [UInt32] { tensor.values.map(\.bitPattern) }
