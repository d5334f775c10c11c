"""Captions that tokenizers trip over. A pair (text, times) stands for the text repeated."""

PLAIN = ["", " ", "a", "A", "a dog", "A Dog Runs.", "  two  spaces  ", "tab\tand\nnewline\r\nand\rreturn", "no.spaces,here",
         "hello-world_again", "1234567890", "3.14 x 10^5", "year 2008's best", "$5.00 #1 @home 50%", "(brackets) [and] {more}",
         "\"quoted\" 'single'", "back\\slash / slash", "a/b/c", "...", "!!!???", "- - -", "a.b.c.", "e-mail@example.com",
         "https://example.com/path?x=1&y=2#z", "C++ and C#", "UPPER lower MiXeD", "aaaaaaaa", "supercalifragilisticexpialidocious",
         "x" * 17, "internationalization's", "the the the the", "x y z", "`~^|", "<", ">", "<>", "<|", "|>", "<| |>"]

CONTRACTIONS = ["it's", "IT'S", "don't", "we're", "I've", "I'm", "they'll", "he'd", "'tis", "'twas", "rock'n'roll", "dogs'",
                "''s", "'s", "'", "''", "'re", "'r", "'v", "'ve", "'l", "'ll", "'lla", "'sd", "'t't't", "o'clock", "!'s", ".'s.",
                "it\u2019s", "it\u02bcs", "it\u00b4s", "it`s", "'\u017f", "don'\u017f", "'\u212a", "it&#39;s", "it&apos;s"]

SPECIALS = ["<|startoftext|>", "<|endoftext|>", "a<|endoftext|>b", "a <|endoftext|> b", "<|ENDOFTEXT|>", "<|StartOfText|> x",
            "!<|endoftext|>", "!<|startoftext|>!", "<|endoftext|>>", "<|ENDOFTEXT|>>!", "<|endoftext", "<<|endoftext|>>",
            "<|startoftext|><|endoftext|>", "<|\u017ftartoftext|>", "<|endoftext|>'s", "<|pad|>", "<start_of_text>", "<|endoftext|",
            "&lt;|endoftext|&gt;", "<|STARTOFTEXT|> <|startoftext|>"]

ENTITIES = ["&amp;", "&amp", "&ampersand", "&amp;amp;", "&amp;amp;amp;lt;", "&lt;b&gt;", "&eacute;t&eacute;", "P&EACUTE;REZ", "&NTILDE;",
            "&nTILDE;", "&notit;", "&notin;", "&not it", "&hellip;", "&nbsp;x&nbsp;", "&#65;", "&#65", "&#x41;", "&#X41", "&#x1F600;", "&#128512;", "&#0;",
            "&#x80;", "&#150;", "&#x9f;", "&#xD800;", "&#x110000;", "&#99999999999999;", "&#xFFFE;", "&#1;", "&#31;", "&#127;", "&#13;x", "&#;", "&#x;",
            "&#xZZ;", "&;", "&", "&&", "& amp;", "a&b", "AT&T", "fish&chips", "&unknown;", "&CounterClockwiseContourIntegral;", "&copy2024", "&copy;2024",
            "&acE;", "&NotEqualTilde;", "<b>&amp;</b>", "a < b &amp; c", "x<y\n&amp;z", "&amp;\n<\n&EACUTE;", "&#59;", "&amp#59;", "&quot;hi&quot;", "&SZLIG;", "&Kopf;",
            "&\u212aopf;", "&am\u200bp;", "&gt&lt", "&gtlt;", "&AMP;AMP", "&frac12;", "&ThickSpace;", "&zwj;", "&rarr;\u2192", "&fjlig;x", "&\u037e", "&amp\u037e",
            "&lang;&rang;", "&apos", "&#8217;s", "&#x2019;s", "&Tab;x&NewLine;y", "&abcdefghijklmnopqrstuvwxyzabcdefgh;"]

CONTROLS = ["\0", "a\0b", "\x01\x02\x03", "\x07bell", "a\x0bb", "a\x0cb", "\x1b[31mred\x1b[0m", "\x1b[1;3\u0664mx", "\x1b[", "\x1b]0;t\x07", "a\x1cb\x1fc",
            "\x7f", "a\x7fb", "a\x80b", "a\x85b", "\x91quoted\x92", "\x93x\x94 \x96 y", "\x81\x8d", "a\xadb", "\u200b", "a\u200bb", "a\u200cb", "a\u200db", "\u200e\u200f",
            "\u202aemb\u202c", "\u2060wj", "\u206a\u206f", "\ufeffbom", "mid\ufeffdle", "\ufff9a\ufffab\ufffb", "\ufffc", "\ufffd", "\ufffe", "\uffff", "\U000e0041tag",
            "\U0001d173music", "\x00\x1f\x7f", "line\u2028sep\u2029par"]

SPACES = ["a\xa0b", "a\u1680b", "a\u2000b", "a\u2003b", "a\u2009b", "a\u202fb", "a\u205fb", "a\u3000b", "a\u180eb", "\u2003x\u2003", "a \xa0 b", "\t\t", "\xa0", "a\u2007b",
          "a\u2800b", "a\u3164b"]

CASES = ["\u0130stanbul", "\u0130", "I\u0307", "\u0131", "\u1e9e", "STRA\u1e9eE", "stra\u00dfe", "\u03a3", "\u039f\u0394\u039f\u03a3", "\u03a3\u0399\u0393\u039c\u0391\u03a3", "\u0391\u03a3.",
         "\u0391\u03a3\u0392", "\u0391\u03a3 \u0392", "\u0391\u03a3'\u0392", "\u0391\u03a3\u0301", "\u0391\u0301\u03a3", "A\u03a3", ".\u03a3.", "\u01c4 \u01c5 \u01c6", "\u01c7\u01ca\u01f1", "\u0132\u0133",
         "\u212a \u212b \u2126", "\u1f88", "\u1fbc", "\u0345", "\u03b1\u0345", "a\u0345b", "\u0391\u0345", "\u0345\u0345!", "\u10a0", "\u13a0\uab70", "\U00010400", "\ua64a\u1c80", "\u0149",
         "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", "\u017f", "\u1e9b", "\u2160\u2161", "\u24b6\u24b7", "\U0001d400", "\u00aa\u00ba", "\u02b0\u1d2c", "H\u0331 T\u0308 W\u030a", "\u01f0"]

MARKS = ["e\u0301", "\u00e9", "E\u0301", "n\u0303o", "\u0301", "\u0301a", "a\u0301\u0323", "a\u0323\u0301", "\u1eb7", "\u1100\u1161\u11a8", "\uac01", "\u0344", "\u0958", "\u2adc", "\ufb1d", "\u05d1\u05bc", "\u0b47\u0b3e", "q\u0307\u0323",
         "\u20dd", "a\u20dd", "1\ufe0f\u20e3", "z\u0351\u032b\u0343\u036a\u0302\u036b", "\u0300\u0301\u0302", "\u3099", "\u304b\u3099", "\U0001d15e", "\u1e0b\u0323", "\u0f71\u0f72\u0f80", "o\u0308\u0304", "\u0374\u037e\u0387"]

SCRIPTS = ["\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a", "\u0e41\u0e21\u0e27\u0e14\u0e33\u0e19\u0e31\u0e48\u0e07", "\u0e01\u0e33 \u0e01\u0e4d\u0e32", "\u0e50\u0e51\u0e52", "\u0e46\u0e2f",
           "\u4e00\u53ea\u9ed1\u732b\u5750\u5728\u57ab\u5b50\u4e0a\u3002", "\u9ed2\u3044\u732b\u304c\u5ea7\u3063\u3066\u3044\u308b", "\u30ab\u30bf\u30ab\u30ca\uff76\uff9e\uff77", "\uff36\uff29\uff24\uff25\uff2f\u3000\uff11\uff12\uff13", "\u300c\u5f15\u7528\u300d\u3001\u3002", "\ud55c\uad6d\uc5b4 \uace0\uc591\uc774", "\u1112\u1161\u11ab",
           "\u3042\u309d\u30fc\u309b", "\u3007\u4e8c\u5341", "\U00020000\U0002a6d6", "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643\u0645", "\u0645\u064e\u0631\u0652\u062d\u064e\u0628\u064b\u0627", "\u0627\u0644\u0642\u0637\u0629\u060c \u061f", "\u0661\u0662\u0663", "\u06f1\u06f2\u06f3",
           "\u0640\u0640\u0640", "\ufefb\ufee0", "\ufdfa", "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd", "\u05e6\u05d4\u05f4\u05dc", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u0915\u094d\u0937\u0964", "\u0967\u0968\u0969", "\u0995\u09cd\u09b7 \u09f3",
           "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd", "\u1019\u103c\u1014\u103a\u1019\u102c", "\u1797\u17b6\u179f\u17b6", "\u12a0\u121b\u122d\u129b\u1362", "\u10e5\u10d0\u10e0\u10d7\u10e3\u10da\u10d8", "\u0540\u0561\u0575\u0565\u0580\u0565\u0576", "\u041a\u043e\u0448\u043a\u0430 \u0438 \u0441\u043e\u0431\u0430\u043a\u0430", "\u0419\u0439 \u0418\u0306",
           "\u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac", "Ti\u1ebfng Vi\u1ec7t", "Tie\u0302\u0301ng", "\u00c5ngstr\u00f6m", "fa\u00e7ade na\u00efve", "\u0141\u00f3d\u017a", "\u00de\u00f3r", "\u1e02\u1e03", "\u0f56\u0f7c\u0f51\u0f0b", "\u1820\u180b\u1828", "\U00010330\U00010331", "\u2d49\u2d4e\u2d50", "\u00bd\u00b2\u2460\u2474\u3220", "\u2155 \u216b \u3280", "\U0001d7d8\U0001d7ec",
           "caf\u00e9's", "\u201eGru\u00df\u201c", "\u00abmot\u00bb", "\u2018a\u2019 \u201cb\u201d \u201ac\u201b \u201ed\u201f", "1\u20442", "\u2116 5", "50\u20ac \u00a3 \u00a5", "\u00a9\u00ae\u2122", "a\u00b7b\u2022c", "\u2014 \u2013 \u2010", "\u2026", "\uffe5\uffe0\uffe3"]

EMOJI = ["\U0001f600", "\U0001f600\U0001f600", "a\U0001f600b", "\u2764\ufe0f", "\u2764", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f44d\U0001f3fd", "\U0001f1e9\U0001f1ea", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "#\ufe0f\u20e3", "\U0001f3f3\ufe0f\u200d\U0001f308",
         "\U0001f9d1\U0001f3fb\u200d\U0001f91d\u200d\U0001f9d1\U0001f3ff", "\U0001f600 cat's \U0001f431!", "\u263a\ufe0e", "\u3030\ufe0f", "\U0001f5e3\ufe0f:", "\U0001f98a\U0001f98a fox\U0001f98a", "\U0001fae0", "\u2600\u2601\u2602", "\u200d", "\ufe0f", "\U0001f3fb"]

LONG = [("a", 10000), ("word ", 200), ("ab", 5000), ("\u0e01\u0e34", 1000), ("!", 3000), ("7", 500), ("\U0001f600", 300), ("n\u0303", 400), ("aA", 65), ("xyzzy", 13), ("&amp;", 300), ("don't ", 60), ("a" * 63, 1), ("a" * 64, 1), ("b" * 65, 1), ("the", 40), ("\0", 100),
        ("antidisestablishment", 4), ("'s", 80), ("\n", 200)]

# What ftfy takes for text decoded in a wrong encoding: the one of its repairs that is left out.
MISDECODED = ["caf\u00c3\u00a9", "it\u00e2\u20ac\u2122s", "\u00c3\u00bcber", "\u00f0\u0178\u02dc\u20ac", "\u00e2\u20ac\u0153x\u00e2\u20ac\u009d"]

STRINGS = PLAIN + CONTRACTIONS + SPECIALS + ENTITIES + CONTROLS + SPACES + CASES + MARKS + SCRIPTS + EMOJI + LONG
