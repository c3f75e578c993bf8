/**
 * Property tests try the same cases in every run, so that a red `npm test` is about the change that it was run on. New cases
 * are looked for on purpose: GATEHOUSE_SEED=random, or the seed that a failure named.
 */
import fc from 'fast-check'

const { GATEHOUSE_SEED: wanted = '20261124' } = process.env
if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) })
