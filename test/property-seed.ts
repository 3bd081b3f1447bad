// Loaded before every test file: property tests draw the same cases each time, so that a change is judged by what it changed. Whoever looks
// for new cases says `PROPERTY_SEED=random npm test`, or names the seed that a failure printed.
import fc from 'fast-check'

const { PROPERTY_SEED: wanted = '1' } = process.env
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) })
