import * as quote from '#kernel/quote.ts'
import { download } from '#kernel/export.ts'
import { Problem } from '#kernel/problem.ts'
import type { SnapshotPolicy } from '../snapshot.ts'
import { profileOf } from './profile.ts'
import { fileForms, type FileForm } from './schema.ts'

type Filed = Pick<SnapshotPolicy, 'id' | 'name' | 'version' | 'text' | 'defaults'>

/** A policy in one of the forms, as a download. Throws `not_found` for defaults where there are none. */
export function fileOf(policy: Filed, form: FileForm['id']): Response {
  const found = fileForms.find(({ id }) => id === form)
  if (!found) throw new Problem('not_found', `There is no form ${form}.`)
  if (form === 'defaults' && policy.defaults === '')
    throw new Problem('not_found', `${policy.name} v${policy.version} has no defaults.`)
  return download(found.fileName, found.type, contentsOf(policy, form))
}

/** The text of the file. A first line says what it is: on the machine nobody else will. */
export function contentsOf(policy: Filed, form: FileForm['id']): string {
  const name = `${policy.name} v${policy.version}`
  const first = `# ${quote.comment(name)}: a copy made by Gatehouse. Later versions do not come here by themselves.\n`
  const copy = (text: string): string => first + text.replace(/^\ufeff/, '')
  switch (form) {
    case 'linux':
      return copy(policy.text)
    case 'windows':
      return copy(policy.text).replaceAll(/\r?\n/g, '\r\n')
    case 'defaults':
      return copy(policy.defaults)
    case 'macos':
      return profileOf({
        id: `gatehouse.policy.${policy.id}`,
        name,
        requirements: copy(policy.text),
      })
  }
}
