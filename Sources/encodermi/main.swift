import Autodiff
import Foundation
import Kernels
import Networks
import Vision

let reps = Int(ProcessInfo.processInfo.environment["REPS"] ?? "4")!
func time(_ f: () -> Void) -> Double {
  f()
  var all: [Double] = []
  for _ in 0..<reps {
    let t = DispatchTime.now().uptimeNanoseconds
    f()
    all.append(Double(DispatchTime.now().uptimeNanoseconds - t) / 1e9)
  }
  return all.sorted()[all.count / 3]
}
let names = CommandLine.arguments.dropFirst()
for name in names {
  let c = try ImageEncoderConfiguration(name: name, imageSize: 32)
  let (encoder, store) = try ParameterStore.build(.fresh(RandomStream(seed: 0, name: "weights"))) {
    try c.build($0)
  }
  let x = Tensor((0..<128 * 3072).map { _ in Float(drand48()) }, shape: [128, 3, 32, 32])
  let f = time {
    let pass = Pass.inference(store)
    _ = encoder(pass.tape.constant(x), pass)
  }
  let s = time {
    let tape = Tape()
    let pass = Pass(store, .training, tape: tape)
    let y = encoder(tape.constant(x), pass)
    store.clearGradients()
    tape.backward(from: y, gradient: Pointwise.scaled(y.value, by: 1e-4))
  }
  print(name, "forward", Int(128 / f), "step", Int(128 / s))
}
