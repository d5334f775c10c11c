import Autodiff
import Kernels
import Networks

/// One step over images that are divided over processes, and in each process over parts, with the gradients of the whole
/// batch.
///
/// In parts (Gao et al., "Scaling deep contrastive learning batch size under memory limited setup", 2021): all embeddings
/// first, without a record; then the loss and its gradients with respect to them; then each part again, with its own piece of
/// those gradients. A single part is recorded at once. Processes do the same side by side: what a loss needs of the
/// others' embeddings it gathers, and the sum of all processes' gradients is the batch's.
struct DividedStep {
  /// Embeds a part; a row, or several, for each image.
  typealias Tower = (BatchPart, Pass) -> Variable

  let group: ProcessGroup
  let store: ParameterStore
  /// Of this process's images.
  let parts: [BatchPart]
  /// Images of all processes.
  let total: Int

  /// Leaves the batch's gradients in the store, and in the running statistics those of the batch.
  /// - Parameters:
  ///   - towers: embeddings of different kinds, such as of images and of captions.
  ///   - loss: from all embeddings of this process, by tower, to the loss's gradients with respect to them.
  func run(_ towers: [Tower], loss: ([Tensor]) -> (gradients: [Tensor], result: StepResult)) -> StepResult {
    let result: StepResult
    if parts.count == 1 {
      let recorded = towers.map { tower in
        let pass = pass(parts[0], recording: true)
        return (tower(parts[0], pass), pass.tape)
      }
      let found = loss(recorded.map(\.0.value))
      for ((embeddings, tape), gradient) in zip(recorded, found.gradients) {
        tape.backward(from: embeddings, gradient: gradient)
      }
      result = found.result
      store.averageStatistics(over: group, share: share(of: parts[0]))
    } else {
      let embedded = towers.map { tower in
        Tensor.stacked(parts.map { tower($0, pass($0, recording: false)).value })
      }
      let found = loss(embedded)
      embedAgain(towers, found.gradients)
      result = found.result
    }
    group.sum(store.gradients)
    return result
  }

  /// The second pass through each part. Each begins with the running statistics of the step's beginning, and their mean is
  /// what stays, as if one process had seen all parts at once.
  private func embedAgain(_ towers: [Tower], _ gradients: [Tensor]) {
    let standing = store.runningStatistics.copy()
    let mean = Tensor(zeros: standing.shape)
    var first = [Int](repeating: 0, count: towers.count)
    for part in parts {
      store.runningStatistics.assign(standing)
      for (index, tower) in towers.enumerated() {
        let pass = pass(part, recording: true)
        let embeddings = tower(part, pass)
        let rows = first[index]..<first[index] + embeddings.value.shape[0]
        pass.tape.backward(from: embeddings, gradient: gradients[index].rows(rows).copy())
        first[index] = rows.upperBound
      }
      store.averageStatistics(over: .alone, share: share(of: part))
      Pointwise.add(store.runningStatistics, to: mean)
    }
    store.runningStatistics.assign(mean)
    group.sum(store.runningStatistics)
    store.markChanged()
  }

  private func share(of part: BatchPart) -> Float { Float(part.range.count) / Float(total) }

  private func pass(_ part: BatchPart, recording: Bool) -> Pass {
    Pass(
      store, .training, tape: Tape(recording: recording), normGroups: part.normGroups,
      updatesStatistics: recording)
  }
}

extension ParameterStore {
  /// Replaces the running statistics by their mean over processes.
  /// - Parameter share: this process's part of all images; the parts of all make one.
  func averageStatistics(over group: ProcessGroup, share: Float) {
    guard share != 1, !statistics.isEmpty else { return }
    scale(runningStatistics, by: share)
    group.sum(runningStatistics)
    markChanged()
  }
}
