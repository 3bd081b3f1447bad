/** Environment and user, handed in so that tests need neither. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Numeric user id, -1 where the system has none. */
  readonly uid: number
  readonly home: string
}

/** Where data lies when nobody says: systemd's StateDirectory=, the system's folder as root, else the XDG state folder. */
export function defaultDataDir({ env, uid, home }: Surroundings): string {
  const given = env.STATE_DIRECTORY?.split(':')[0]
  if (given?.startsWith('/')) return given
  if (uid === 0) return '/var/lib/peekaboo'
  // The XDG base directory specification: a relative path there is to be ignored.
  const state = env.XDG_STATE_HOME?.startsWith('/') ? env.XDG_STATE_HOME : `${home}/.local/state`
  return `${state}/peekaboo`
}
