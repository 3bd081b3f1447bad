/** The letters of the scripts that names come in, by how frequent they are, which tells charsets of one byte a letter apart. */

/** What is known of a letter, or of a mark that stands behind one. */
export interface Letter {
  readonly weight: number
  readonly isCapital: boolean
  /** It stands only at the end of a word. */
  readonly isFinal: boolean
  readonly isMark: boolean
}

/** One alphabet, small letters and capital ones. */
export interface Alphabet {
  readonly letters: ReadonlyMap<string, Letter>
  readonly vowels: ReadonlySet<string>
}

interface Rules {
  readonly finals?: string
  readonly marks?: string
  readonly vowels?: string
}

/** The weight of the rarest letter; that of the most frequent one is the alphabet's own: how likely names in it are. */
const RAREST = -1

export const CYRILLIC = alphabet(5, 'оеаинтсрвлкмдпуягьызбчйжхшюцщэіёїєъґћђљњџјў', { vowels: 'оеаиуяыюэіёїє' })
export const GREEK = alphabet(4.8, 'αοιετσνρυπκλμίόςάηέωγδώθχφήύβξζψϊϋΐΰ', { finals: 'ς', vowels: 'αοιευίόάηέωώήύ' })
export const HEBREW = alphabet(4.9, 'יוהלארמתבשנדחםקעפטכגסזןצךףץ', { finals: 'םןךףץ' })
export const ARABIC = alphabet(4, 'اليمنرتوبدةعسهفكقحجشصطخىزذأضثغئإءظؤآپگچژیکں', { finals: 'ةى' })
export const THAI = alphabet(3.2, 'ารนกอเงมยลวทสดตปบคหะแพจชขใไโซณผถธศษญภฟฉฎฐฏฑฒฝฮฆฬฤๆฯ๐๑๒๓๔๕๖๗๘๙ัี่้ิืุูำ็์ึ๋๊', {
  marks: 'ัี่้ิืุูำ็์ึ๋๊ะา',
})

function alphabet(highest: number, inOrder: string, { finals = '', marks = '', vowels = '' }: Rules): Alphabet {
  const all = [...inOrder]
  const letters = new Map<string, Letter>()
  for (const [i, small] of all.entries()) {
    const isMark = marks.includes(small)
    // Marks are as frequent as the letters that they stand on.
    const weight = isMark ? highest / 2 : highest - ((highest - RAREST) * i) / all.length
    const letter = { weight, isCapital: false, isFinal: finals.includes(small), isMark }
    const capital = small.toUpperCase()
    // Of two small letters with one capital the first has it.
    if (capital !== small && !letters.has(capital)) letters.set(capital, { ...letter, isCapital: true })
    letters.set(small, letter)
  }
  return { letters, vowels: new Set([...vowels, ...vowels.toUpperCase()]) }
}

/** Letters beyond ASCII of a language in Latin script, and how likely a name is in it. */
export interface LatinLanguage {
  readonly letters: ReadonlySet<string>
  readonly weight: number
}

/** Of languages that share a letter at one place of their charsets the more widely used one weighs more. */
export const LATIN: readonly LatinLanguage[] = [
  latin('äöüß', 4.2),
  latin('àâçéèêëîïôùûüœæ', 4.2),
  latin('áéíñóúü', 4.2),
  latin('ãõáàâçéêíóôúü', 4.1),
  latin('àèéìòù', 4.1),
  latin('åäöæøé', 4.1),
  latin('ąćęłńóśźż', 4),
  latin('ěščřžýáíéúůďťňóľĺŕäô', 4),
  latin('őűáéíóöúü', 4),
  latin('çğıöşüİâî', 4),
  latin('ăâîşţ', 3.9),
  latin('čćđšž', 3.9),
  latin('ąčęėįšųūž', 3.9),
  latin('āčēģīķļņšūž', 3.9),
  latin('õäöüšž', 3.9),
  latin('áðéíóúýþæö', 3),
]

function latin(letters: string, weight: number): LatinLanguage {
  return { letters: new Set([...letters, ...letters.toUpperCase()]), weight }
}
