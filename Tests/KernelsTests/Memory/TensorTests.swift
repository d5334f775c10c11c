import TestSupport
import Testing

@testable import Kernels

@Suite("Tensors") struct TensorTests {
  private let counting = Tensor((0..<24).map(Float.init), shape: [4, 6])

  @Test("A window shares memory with the tensor it looks into")
  func window() {
    let whole = Tensor(zeros: [10])
    whole.window(3..<7, shape: [2, 2]).assign([1, 2, 3, 4])
    #expect(whole.values == [0, 0, 0, 1, 2, 3, 4, 0, 0, 0])
  }

  @Test("Rows are a part of the outermost axis")
  func rows() {
    #expect(counting.rows(1..<3).values == (6..<18).map(Float.init))
    #expect(counting.rows(1..<3).shape == [2, 6])
  }

  @Test("Rows of blocked images are those images")
  func blockedRows() {
    let images = sample([3, 5, 2, 3])
    #expect(images.blocked().rows(1..<3).values == images.rows(1..<3).values)
  }

  @Test("A copy does not change with the original")
  func copy() {
    let original = Tensor([1, 2, 3], shape: [3])
    let copy = original.copy()
    original.assign([4, 5, 6])
    #expect(copy.values == [1, 2, 3])
  }

  @Test("Assigning converts between layouts")
  func assign() {
    let images = sample([2, 5, 3, 3])
    let target = Tensor(zeros: [2, 5, 3, 3]).blocked()
    target.assign(images)
    #expect(target.values == images.values)
  }

  @Test("A reshaped tensor has the same values in row-major order")
  func reshaped() {
    let images = sample([2, 5, 3, 3])
    #expect(images.blocked().reshaped([10, 9]).values == images.values)
  }
}
