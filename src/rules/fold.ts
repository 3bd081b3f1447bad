/** Comparison that does not tell capital from small letters. */

/**
 * Text in which letters that differ only in case are the same. Through capitals first, so that the letters which somebody may use
 * instead of ASCII ones (the long s, the Kelvin sign, the dotless i) fall together with them; both small sigmas are one.
 */
export function fold(text: string): string {
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}
