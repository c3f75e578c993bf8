import { REFUSES, type Report } from '../report.ts'
import {
  entriesOf,
  entryOf,
  isTrue,
  nodeAt,
  textOf,
  type Node,
  type Path,
  type TableNode,
} from '../tree.ts'

/** Values that the table of keys cannot tell from good ones. Each was put to the client 0.169. */
export function checkValues(root: TableNode, report: Report): void {
  retiredApproval(root, report)
  efforts(root, report)
  presets(root, report)
  featureSettings(root, report)
  scrollSpeed(root, report)
  variables(root, report)
  metadata(root, report)
  mxc(root, report)
}

function retiredApproval(root: TableNode, report: Report): void {
  const value = nodeAt(root, 'approval_policy')
  if (textOf(value) !== 'untrusted' || value === undefined) return
  report.error({
    code: 'approval_retired',
    span: value.span,
    path: ['approval_policy'],
    message: '"untrusted" is no longer supported.',
    effect: REFUSES,
    remedy:
      'Write "on-request", and command rules in the requirements for what must always be asked.',
    fix: {
      title: 'Change to "on-request"',
      edits: [{ ...value.span, insert: '"on-request"' }],
    },
  })
}

// An effort of blanks is taken, an empty one is not.
function efforts(root: TableNode, report: Report): void {
  const places: readonly (readonly string[])[] = [
    ['model_reasoning_effort'],
    ['plan_mode_reasoning_effort'],
    ['agents', 'default_subagent_reasoning_effort'],
    ...entriesOf(nodeAt(root, 'profiles')).flatMap(({ key }) => [
      ['profiles', key, 'model_reasoning_effort'],
      ['profiles', key, 'plan_mode_reasoning_effort'],
    ]),
  ]
  for (const path of places) {
    const node = nodeAt(root, ...path)
    if (node === undefined || textOf(node) !== '') continue
    report.error({
      code: 'blank_value',
      span: node.span,
      path,
      message: 'The reasoning effort must not be empty.',
      effect: REFUSES,
      remedy: 'Write a value, or take the key out.',
    })
  }
}

function presets(root: TableNode, report: Report): void {
  for (const entry of entriesOf(nodeAt(root, 'tui', 'presets'))) {
    if (/^\d$/.test(entry.key)) continue
    report.error({
      code: 'key_binding',
      span: entry.keySpan,
      path: ['tui', 'presets', entry.key],
      message: 'A preset is named by one digit.',
      effect: REFUSES,
      remedy: 'Write a digit from 0 to 9.',
    })
  }
}

function featureSettings(root: TableNode, report: Report): void {
  for (const entry of entriesOf(nodeAt(root, 'features'))) {
    if (entry.key === 'rollout_budget' && isTrue(entry.value))
      report.error({
        code: 'missing_key',
        span: entry.value.span,
        path: ['features', entry.key],
        message: 'This feature needs its settings.',
        effect: REFUSES,
        remedy: 'Write a table with enabled, limit_tokens and reminder_at_remaining_tokens.',
      })
    if (entry.value.kind !== 'table' || entry.value.entries.size === 0) continue
    report.warning({
      code: 'not_simulated',
      span: entry.keySpan,
      path: ['features', entry.key],
      message: 'Settings of features are not checked here.',
      effect: 'Codex 0.169 refuses to start over a setting that the feature does not have.',
      remedy: 'Try them on one machine before you publish them to all.',
    })
  }
}

function scrollSpeed(root: TableNode, report: Report): void {
  const speed = nodeAt(root, 'tui', 'mouse_scroll_speed')
  const path = ['tui', 'mouse_scroll_speed']
  if (speed === undefined || !isNumber(speed, path, report)) return
  const { value } = speed
  if (value > 0 && Number.isFinite(value)) return
  report.error({
    code: 'out_of_range',
    span: speed.span,
    path,
    message: 'The speed must be above 0.',
    effect: REFUSES,
    remedy: 'Write a number above 0.',
  })
}

/** Whether it is a number; complains when it is not. */
export function isNumber(
  node: Node,
  path: Path,
  report: Report,
): node is Node & { readonly value: number } {
  if (node.kind === 'integer' || node.kind === 'float') return true
  report.error({
    code: 'wrong_type',
    span: node.span,
    path,
    message: 'This must be a number.',
    effect: REFUSES,
    remedy: 'Write a number.',
  })
  return false
}

function variables(root: TableNode, report: Report): void {
  const policy = nodeAt(root, 'shell_environment_policy')
  if (entryOf(policy, 'filters') === undefined) return
  for (const old of ['exclude', 'include_only']) {
    const entry = entryOf(policy, old)
    if (entry === undefined) continue
    report.error({
      code: 'variables_twice',
      span: entry.keySpan,
      path: ['shell_environment_policy', old],
      message: `filters and ${old} cannot stand together.`,
      effect: REFUSES,
      remedy: `Say it all in filters, and take ${old} out.`,
    })
  }
}

const NAME = /^[A-Za-z][\w.-]{0,63}$/

function metadata(root: TableNode, report: Report): void {
  for (const entry of entriesOf(nodeAt(root, 'responses_api_metadata'))) {
    const path = ['responses_api_metadata', entry.key]
    const refuse = (span: Node['span'], message: string, remedy: string): void =>
      report.error({ code: 'metadata_invalid', span, path, message, effect: REFUSES, remedy })
    if (!NAME.test(entry.key))
      refuse(
        entry.keySpan,
        'The name must begin with a letter and be at most 64 letters, digits, dots, dashes or underscores.',
        'Write another name.',
      )
    if (new TextEncoder().encode(textOf(entry.value) ?? '').length > 128)
      refuse(entry.value.span, 'The value is longer than 128 bytes.', 'Shorten it.')
  }
}

function mxc(root: TableNode, report: Report): void {
  const windows = nodeAt(root, 'windows')
  const sandbox = entryOf(windows, 'sandbox')
  const allowed = entryOf(windows, 'allow_mxc')?.value
  if (sandbox === undefined || textOf(sandbox.value) !== 'mxc') return
  if (allowed?.kind !== 'boolean' || allowed.value === true) return
  report.error({
    code: 'mxc_excluded',
    span: sandbox.value.span,
    path: ['windows', 'sandbox'],
    message: 'The MXC sandbox is chosen here and ruled out by allow_mxc.',
    effect: REFUSES,
    remedy: 'Choose another sandbox, or take allow_mxc out.',
  })
}
