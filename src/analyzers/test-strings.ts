/** What every instance is tested with. In halves, so that no scanner takes this file for what it tests. */
export const testStrings = {
  /** The EICAR test file (eicar.org, "Anti Malware Testfile"): every scanner calls it malware. */
  bad: `${'X5O!P%@AP[4\\PZX54(P^)7CC)7}$'}${'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'}`,
  /** Nothing that any signature means. */
  harmless: 'peekaboo: a harmless text that no scanner should find anything in\n',
} as const
