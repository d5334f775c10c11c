import Foundation
import Kernels
import TestSupport
import Testing

@testable import Contrastive

@Suite(.serialized) struct AgreementTests {
  @Test("Processes that differ all hear in what, and which of them")
  func differs() throws {
    let found = try ThreadedProcesses.run(3) { group -> PretrainingError? in
      var agreement = Agreement()
      agreement.add("settings", "the same")
      agreement.add("weights", [Tensor([1, group.rank == 2 ? 3 : 2], shape: [2])])
      do throws(PretrainingError) { try agreement.require(in: group) } catch { return error }
      return nil
    }
    for error in found {
      guard case .processesDiffer(what: "weights", first: _, rank: 2, found: _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test("Processes with other settings do not begin, and leave nothing")
  func otherSettings() throws {
    try withTemporaryFolder { folder in
      let members = try Tiny.images(8, in: folder)
      let out = folder.appending(path: "run")
      let errors = try ThreadedProcesses.run(2) { group -> (any Error)? in
        var configuration = Tiny.configuration(.simclr(SimCLRConfiguration(normGroups: 2)), batch: 8)
        configuration.epochs += group.rank
        do {
          _ = try Pretraining(configuration, members: members, folder: RunFolder(out), group: group)
        } catch { return error }
        return nil
      }
      for error in errors {
        guard case .processesDiffer(what: "settings", _, rank: 1, _) = error as? PretrainingError else {
          Issue.record("\(String(describing: error))")
          continue
        }
      }
      #expect(!FileManager.default.fileExists(atPath: out.path))
    }
  }
}
