import type { Fix } from './complaint.ts'
import { expects, kindsOf, NAMES } from './expects.ts'
import { dangerous, missing, twice, unknownKey } from './key.complaints.ts'
import { nearest } from './nearest.ts'
import { BESIDE, POSITIONAL, REFUSES, rename, replace, type Report } from './report.ts'
import { keyOf, tagKeyOf, type Key, type Shape, type TableShape } from './shape.ts'
import {
  isTrue,
  writeKey,
  writePath,
  type Entry,
  type Node,
  type Path,
  type ScalarNode,
  type TableNode,
} from './tree.ts'

/** Holds a document against the table of keys: types, values, missing and unknown keys. */
export function conform(node: Node, shape: Shape, path: Path, report: Report): void {
  switch (shape.kind) {
    case 'anything':
      return
    case 'either':
      either(node, shape, path, report)
      return
    case 'string':
    case 'boolean':
    case 'integer':
      scalar(node, shape, path, report)
      return
    case 'enum':
      enumeration(node, shape, path, report)
      return
    case 'list':
      list(node, shape, path, report)
      return
    case 'table':
      if (node.kind === 'table') table(node, shape, path, report)
      else wrongType(node, shape, path, report)
      return
    case 'variant':
      variant(node, shape, path, report)
      return
    case 'tagged':
      tagged(node, shape, path, report)
  }
}

function wrongType(node: Node, shape: Shape, path: Path, report: Report): void {
  report.error({
    code: 'wrong_type',
    span: node.span,
    path,
    message: `${writePath(path)} is ${NAMES[node.kind]}; it must be ${expects(shape)}.`,
    effect: effectOf(node, shape, path),
    remedy: `Write ${expects(shape)}.`,
    fix: retype(node, shape),
  })
}

function effectOf(node: Node, shape: Shape, path: Path): string {
  if (path.at(-2) === 'identity') return BESIDE
  const kinds = kindsOf(shape)
  const positional =
    node.kind === 'list'
      ? kinds.includes('table')
      : node.kind === 'table' && kinds.includes('string')
  return positional ? POSITIONAL : REFUSES
}

/** Repairs the slips that have one plain meaning: quotes too many or missing, a list of one without brackets. */
function retype(node: Node, shape: Shape): Fix | undefined {
  if (node.kind === 'integer' || node.kind === 'boolean')
    return shape.kind === 'string'
      ? replace('Put it in quotes', node.span, `"${String(node.value)}"`)
      : undefined
  if (node.kind !== 'string') return undefined
  const text = String(node.value)
  const plain = shape.kind === 'boolean' ? /^(?:true|false)$/ : /^(?:0|[1-9]\d{0,14})$/
  if ((shape.kind === 'boolean' || shape.kind === 'integer') && plain.test(text))
    return replace('Remove the quotes', node.span, text)
  if (shape.kind === 'list' && kindsOf(shape.of).includes('string')) {
    const { from, to } = node.span
    const edits = [
      { from, to: from, insert: '[' },
      { from: to, to, insert: ']' },
    ]
    return { title: 'Make it a list', edits }
  }
  return undefined
}

function either(node: Node, shape: Shape & { kind: 'either' }, path: Path, report: Report): void {
  const option = shape.options.find((o) => kindsOf(o).includes(node.kind))
  if (option === undefined) wrongType(node, shape, path, report)
  else conform(node, option, path, report)
}

function scalar(
  node: Node,
  shape: Shape & { kind: 'string' | 'boolean' | 'integer' },
  path: Path,
  report: Report,
): void {
  if (shape.kind === 'string' && node.kind === 'datetime') {
    unquoted(node, path, report)
    return
  }
  if (node.kind !== shape.kind) {
    wrongType(node, shape, path, report)
    return
  }
  if (shape.kind === 'integer') {
    const value = Number(node.value)
    const most = shape.max < Number.MAX_SAFE_INTEGER ? shape.max : Infinity
    if (value >= shape.min && value <= most) return
    report.error({
      code: 'out_of_range',
      span: node.span,
      path,
      message:
        most === Infinity
          ? `${writePath(path)} must be at least ${shape.min}.`
          : `${writePath(path)} must be between ${shape.min} and ${shape.max}.`,
      effect: REFUSES,
      remedy: 'Write a number in that range.',
    })
  }
  if (shape.kind === 'string' && shape.notEmpty === true && node.value === '')
    report.error({
      code: 'blank_value',
      span: node.span,
      path,
      message: `${writePath(path)} must not be empty.`,
      effect: REFUSES,
      remedy: 'Write a value, or take the key out.',
    })
}

function unquoted(node: ScalarNode, path: Path, report: Report): void {
  report.warning({
    code: 'unquoted_text',
    span: node.span,
    path,
    message: `${writePath(path)} is a date or time without quotes.`,
    effect: 'Codex 0.169 reads it as text.',
    remedy: 'Put it in quotes if that is what you mean.',
    fix: replace('Put it in quotes', node.span, `"${String(node.value)}"`),
  })
}

function enumeration(
  node: Node,
  shape: Shape & { kind: 'enum' },
  path: Path,
  report: Report,
): void {
  if (node.kind !== 'string') {
    wrongType(node, shape, path, report)
    return
  }
  const value = String(node.value)
  const choice = shape.values.find((v) => v.value === value)
  if (choice === undefined) {
    const meant = nearest(
      value,
      shape.values.map((v) => v.value),
    )
    report.error({
      code: 'unknown_value',
      span: node.span,
      path,
      message: `"${clip(value)}" is not a value of ${writePath(path)}.`,
      effect: REFUSES,
      remedy: `Write ${expects(shape)}.`,
      fix:
        meant === undefined ? undefined : replace(`Change to "${meant}"`, node.span, `"${meant}"`),
    })
    return
  }
  const { caution } = choice
  if (caution === undefined) return
  const { instead } = caution
  report.warning({
    ...caution,
    span: node.span,
    path,
    fix:
      instead === undefined
        ? undefined
        : replace(`Change to "${instead}"`, node.span, `"${instead}"`),
  })
}

function list(node: Node, shape: Shape & { kind: 'list' }, path: Path, report: Report): void {
  if (node.kind !== 'list') {
    wrongType(node, shape, path, report)
    return
  }
  if (shape.nonEmpty === true && node.items.length === 0)
    report.error({
      code: 'empty_list',
      span: node.span,
      path,
      message: `${writePath(path)} must not be empty.`,
      effect: REFUSES,
      remedy: `List what is allowed (${expects(shape.of)}), or take the key out to leave it open.`,
    })
  for (const [index, item] of node.items.entries())
    conform(item, shape.of, [...path, index], report)
}

function table(node: TableNode, shape: TableShape, path: Path, report: Report): void {
  const seen = new Map<Key, string>()
  for (const entry of node.entries.values()) {
    const key = keyOf(shape, entry.key)
    const here = [...path, entry.key]
    if (key === undefined) {
      if (shape.rest !== undefined) conform(entry.value, shape.rest, here, report)
      else unknownKey(entry, node, shape, here, report)
      continue
    }
    const first = seen.get(key)
    if (first !== undefined) twice(entry, first, here, report)
    seen.set(key, entry.key)
    known(entry, key, here, report)
  }
  for (const key of shape.keys)
    if (key.required === true && !seen.has(key)) missing(node.span, key, path, report)
}

function known(entry: Entry, key: Key, path: Path, report: Report): void {
  if (key.delivered === 'refused') {
    report.error({
      code: 'refused_key',
      span: entry.keySpan,
      path,
      message: `${writePath(path)} cannot stand in a policy. ${key.about}`,
      effect: REFUSES,
      remedy: 'Take it out.',
    })
    return
  }
  if (key.caution !== undefined) report.warning({ ...key.caution, span: entry.keySpan, path })
  if (key.name.startsWith('dangerously_') && isTrue(entry.value)) dangerous(entry, path, report)
  conform(entry.value, key.shape, path, report)
}

function variant(node: Node, shape: Shape & { kind: 'variant' }, path: Path, report: Report): void {
  if (node.kind !== 'table') {
    wrongType(node, shape, path, report)
    return
  }
  const [entry, second] = node.entries.values()
  if (entry === undefined || second !== undefined) {
    wrongType(node, shape, path, report)
    return
  }
  const chosen = own(shape.variants, entry.key)
  if (chosen !== undefined) {
    conform(entry.value, chosen, [...path, entry.key], report)
    return
  }
  const meant = nearest(entry.key, Object.keys(shape.variants))
  report.error({
    code: 'unknown_value',
    span: entry.keySpan,
    path: [...path, entry.key],
    message: `${writeKey(entry.key)} is not known here.`,
    effect: REFUSES,
    remedy: `Write ${expects(shape)}.`,
    fix: meant === undefined ? undefined : rename(entry, meant),
  })
}

function tagged(node: Node, shape: Shape & { kind: 'tagged' }, path: Path, report: Report): void {
  if (node.kind !== 'table') {
    wrongType(node, shape, path, report)
    return
  }
  const tag = node.entries.get(shape.tag)
  const tagKey = tagKeyOf(shape)
  if (tag === undefined) {
    missing(node.span, tagKey, path, report)
    return
  }
  const chosen = tag.value.kind === 'string' ? own(shape.cases, String(tag.value.value)) : undefined
  if (chosen === undefined) conform(tag.value, tagKey.shape, [...path, shape.tag], report)
  else table(node, { ...chosen, keys: [tagKey, ...chosen.keys] }, path, report)
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function clip(value: string): string {
  return value.length > 60 ? `${value.slice(0, 57)}…` : value
}
