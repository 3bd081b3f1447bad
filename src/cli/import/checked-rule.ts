/** Nothing is written that the filter would refuse: each rule is loaded alone, and one that is refused is guarded or left out. */
import { loadRuleset, RulesetError } from '../../rules/index.ts'
import type { Carried, ImportedRule } from './carried.ts'
import { type Losses, MISSING_ROLE, SANDBOX_ROLE } from './losses.ts'
import { rulesFile, ruleYaml } from './yaml.ts'

/** The roles that imported rules name. */
export const IMPORTED_ROLES = [SANDBOX_ROLE, MISSING_ROLE] as const

/** The same, or what stands in for it where its rule cannot be loaded. */
export function checkedRule(carried: Carried & { readonly rule: ImportedRule }, losses: Losses): Carried {
  const { rule, ...rest } = carried
  const refused = refusalOf(rule)
  if (refused === undefined) return losses.lost.size === 0 ? carried : { ...carried, how: lostHow(losses) }
  const why = [...carried.why, `the filter refuses the condition: ${refused}`]
  if (!losses.isGuarding) return { ...rest, how: 'left-out', why }
  return { ...rest, how: 'guarded', why, rule: { ...rule, when: `${MISSING_ROLE}.score > 0.0` } }
}

/** A rule that lets pass may lose parts: it lets less pass, which is a change. */
function lostHow({ isGuarding }: Losses): 'guarded' | 'changed' {
  return isGuarding ? 'guarded' : 'changed'
}

function refusalOf(rule: ImportedRule): string | undefined {
  try {
    loadRuleset([{ path: 'imported.yaml', text: rulesFile([ruleYaml(rule)]) }], { roles: IMPORTED_ROLES })
    return undefined
  } catch (error) {
    if (!(error instanceof RulesetError)) throw error
    return error.problems[0]?.message ?? error.message
  }
}
