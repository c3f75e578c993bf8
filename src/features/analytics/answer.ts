import { Problem } from '#kernel/problem.ts'
import type { Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import { filterKeys, readAsk } from './ask.ts'
import type { Question } from './question.ts'
import { questions } from './questions/index.ts'
import type { Answer, QuestionQuery } from './schema.ts'
import { allPrices, theSettings } from './store.settings.ts'

export interface Put {
  readonly key: string
  readonly query: Omit<QuestionQuery, 'format'>
  /** Whether whoever asks may see single persons. */
  readonly persons: boolean
}

/** Throws `not_found`, and `forbidden` for what is about single persons. */
export function questionFor({ key, persons }: Pick<Put, 'key' | 'persons'>): Question {
  const question = questions.find((q) => q.key === key)
  if (!question)
    throw new Problem('not_found', 'There is no such question.', {
      remedy: `There are ${questions.map((q) => q.key).join(', ')}.`,
    })
  if (question.persons === true && !persons) throw needsPersons()
  return question
}

export const needsPersons = (): Problem =>
  new Problem('forbidden', 'This needs the permission analytics.persons.', {
    remedy: 'Ask an owner of the workspace for a role that holds it.',
  })

/** The answer to a question at a moment. Reads sums, never single records. */
export function* answerTo(put: Put, now: number): Work<Answer> {
  const question = questionFor(put)
  const settings = yield* theSettings()
  const { dimensions } = question
  const ask = readAsk({
    query: put.query,
    settings,
    prices: yield* allPrices(),
    persons: put.persons,
    dimensions,
    usually: dimensions[0],
    filters: question.filters ?? filterKeys,
    rowsOf: question.rowsOf,
    now,
  })
  const { rows, held } = ask.until > ask.from ? yield* question.answer(ask) : { rows: [], held: 0 }
  return {
    question: question.key,
    title: question.title,
    about: question.about,
    from: ask.from,
    until: ask.until,
    unit: ask.unit,
    zone: ask.zone,
    by: ask.by,
    currency: ask.currency,
    columns: [...question.columns(ask)],
    rows: [...rows],
    held: ask.k === null ? null : { k: ask.k, until: ask.until, cells: held },
  }
}

/** The same beside the thread that answers requests (kernel/aside.ts). */
export const answerAside = (runtime: Runtime, put: Put): Promise<Answer> =>
  runtime.db.read(() => answerTo(put, runtime.clock()))

export const answerPlace = new URL(import.meta.url)
