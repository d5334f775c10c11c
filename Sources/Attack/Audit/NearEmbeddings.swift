import Contrastive
import Kernels

extension AuditCase {
  /// What has to be asked to find copies among an auditor's lists by their embeddings; nothing where that is not asked for.
  var nearEmbeddingNeeds: [Need] {
    guard configuration.nearEmbeddings != nil, hasGivenGroups, knowledge.hasImage,
      obstacle(to: configuration.layer) == nil
    else { return [] }
    return [need(.picture(configuration.layer), of: .target)]
  }

  /// How many nonmembers have a member whose unaltered picture the target embeds nearly alike, in words; nil where that is
  /// not asked for. An encoder may also embed two pictures of one thing alike: they are to be looked at.
  /// - Throws: an error of what has to be asked.
  func nearEmbeddings() throws -> String? {
    guard let least = configuration.nearEmbeddings, let need = nearEmbeddingNeeds.first else { return nil }
    let found = try evidence.groups(need)
    let (members, nonmembers) = (found.members.shape[0], found.nonmembers.shape[0])
    var best = [(cosine: Float, member: Int)](repeating: (-2, 0), count: nonmembers)
    let part = 128
    for start in stride(from: 0, to: members, by: part) {
      let rows = Array(start..<min(members, start + part))
      // One set against another: all cosines between them, the first's index moving slower.
      let cosines = crossSimilarities(
        Rows.gathered(found.members, rows), rows: rows.count, found.nonmembers, rows: nonmembers,
        similarity: .cosine
      ).scores.values
      for (place, member) in rows.enumerated() {
        for other in 0..<nonmembers where cosines[place * nonmembers + other] > best[other].cosine {
          best[other] = (cosines[place * nonmembers + other], member)
        }
      }
    }
    let near = best.indices.filter { Double(best[$0].cosine) >= least }
    let population = evidence.population(.target)
    let named = near.prefix(3).map {
      "\(population.members.name(of: best[$0].member)) and \(population.nonmembers.name(of: $0))"
    }
    return
      "\(near.count) of \(nonmembers) nonmembers have a member whose embedding has a cosine of \(least) or more with theirs"
      + (near.isEmpty
        ? ""
        : " (\(named.joined(separator: "; "))\(near.count > 3 ? "; ..." : "")); look at them: copies of one picture belong "
          + "to one group")
  }
}
