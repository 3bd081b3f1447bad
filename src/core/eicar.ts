/**
 * The EICAR test file (eicar.org, "Anti Malware Testfile"): harmless, and every scanner calls it malware. In halves, so that no scanner
 * takes this file for it.
 */
export const EICAR = `${'X5O!P%@AP[4\\PZX54(P^)7CC)7}$'}${'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'}`
