import Attack
import Data
import Testing

@testable import Experiments

@Suite struct ScoresFileTests {
  private let inputs: [AuditGroup: MembershipGroups<[String]>] = [
    .target: MembershipGroups(members: ["a.png", "b,1.png"], nonmembers: ["c \"x\".png"]),
    .shadow: MembershipGroups(members: ["d.png"], nonmembers: ["e.png"]),
  ]

  @Test(
    "There is a row for each input of target and shadow, with each score and decision, empty where there is none"
  )
  func rows() {
    let columns = [
      ScoreColumn(
        title: "V", threshold: 0,
        scores: [
          .target: [.member: [1.5, -1], .nonmember: [0.25]], .shadow: [.member: [0], .nonmember: [-2.5]],
        ]),
      ScoreColumn(
        title: "control: blind (a, b)", threshold: 0.8, scores: [.target: [.nonmember: [0.1]], .shadow: [:]]),
    ]
    #expect(
      ScoresFile.text(columns, of: inputs) == """
        input,of,group,V score,V decision,control: blind (a b) score,control: blind (a b) decision
        a.png,target,member,1.5,member,,
        "b,1.png",target,member,-1.0,nonmember,,
        "c ""x"".png",target,nonmember,0.25,member,0.10,nonmember
        d.png,shadow,member,0.0,member,,
        e.png,shadow,nonmember,-2.5,nonmember,,

        """)
  }

  @Test("A score that single precision cannot hold keeps all of its digits")
  func digits() {
    let column = ScoreColumn(
      title: "V", threshold: 0,
      scores: [.target: [.nonmember: [0.1 + 0.2]], .shadow: [.member: [Double(Float(0.3))]]])
    let lines = ScoresFile.text([column], of: inputs).split(separator: "\n")
    #expect(lines[3].hasSuffix(",0.30000000000000004,member") && lines[4].hasSuffix(",0.3,member"))
  }

  @Test("A score that has the digits of another one in single precision stands with a zero more")
  func collisions() {
    #expect(ScoresFile.shortest(0.3) == "0.30" && ScoresFile.shortest(Double(Float(0.3))) == "0.3")
    #expect(ScoresFile.shortest(1e-5) == "1.0e-05" && ScoresFile.shortest(Double(Float(1e-5))) == "1e-05")
    #expect(ScoresFile.shortest(1.5e-7) == "1.50e-07" && ScoresFile.shortest(-0.5) == "-0.5")
    for text in ["0.30", "1.0e-05", "1.50e-07"] {
      #expect(Double(text) == Double(text.replacing("0e", with: "e")))
      #expect(Float(text).map { "\($0)" } != text)
    }
  }
}
