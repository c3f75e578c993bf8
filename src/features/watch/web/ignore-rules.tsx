import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import type { z } from 'zod'
import { api, Link, Section, useAct, plural } from '#web/kit/index.ts'
import { rulesTrialResult, type IgnoreRule } from '../schema.ts'
import type { Addresses } from './address.ts'
import { stampText } from './words.ts'

interface Props {
  readonly at: Addresses
  readonly value: readonly IgnoreRule[]
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (rules: IgnoreRule[]) => void
}

/** Lines that are neither announced nor shown; tried on history before they are saved. */
export function IgnoreRules({ at, value, errors, onChange }: Props) {
  const attempt = useAct(() =>
    api.post(`${at.api}/rules/try`, { body: { rules: value }, schema: rulesTrialResult }),
  )
  const set = (index: number, patch: Partial<IgnoreRule>) =>
    onChange(value.map((rule, i) => (i === index ? { ...rule, ...patch } : rule)))
  return (
    <Section
      title="Ignored lines"
      about="Regular expressions (RE2). A step that changes only such lines is kept, but not announced."
    >
      <Stack gap="xs">
        {value.map((rule, i) => (
          <Group key={i} align="flex-start" gap="xs" wrap="nowrap">
            <TextInput
              aria-label={`Pattern ${i + 1}`}
              placeholder="^Last updated"
              className="gh-mono-input"
              style={{ flex: 2 }}
              value={rule.pattern}
              error={errors[`ignore.${i}.pattern`]}
              onChange={(event) => set(i, { pattern: event.currentTarget.value })}
            />
            <TextInput
              aria-label={`Pages of pattern ${i + 1}`}
              placeholder="every page"
              style={{ flex: 1 }}
              value={rule.page ?? ''}
              onChange={(event) => {
                const page = event.currentTarget.value
                const { page: _, ...rest } = rule
                onChange(
                  value.map((old, j) => (j === i ? (page === '' ? rest : { ...rest, page }) : old)),
                )
              }}
            />
            <TextInput
              aria-label={`Note on pattern ${i + 1}`}
              placeholder="why"
              style={{ flex: 1 }}
              value={rule.note}
              onChange={(event) => set(i, { note: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              mt={4}
              aria-label={`Remove pattern ${i + 1}`}
              onClick={() => onChange(value.filter((_, j) => j !== i))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            variant="default"
            size="compact-md"
            onClick={() => onChange([...value, { pattern: '', note: '' }])}
          >
            Add a pattern
          </Button>
          {value.length > 0 && (
            <Button
              variant="default"
              size="compact-md"
              loading={attempt.isPending}
              onClick={() => attempt.mutate(undefined)}
            >
              Try on history
            </Button>
          )}
        </Group>
        {attempt.data && <Trial at={at} of={attempt.data} />}
      </Stack>
    </Section>
  )
}

function Trial({
  at,
  of,
}: {
  readonly at: Addresses
  readonly of: z.infer<typeof rulesTrialResult>
}) {
  return (
    <div role="status">
      <Text size="sm">
        In {plural(of.steps, 'step')} they would have left out {plural(of.lines, 'changed line')}{' '}
        and silenced {plural(of.silenced, 'change of a page', 'changes of pages')}.
      </Text>
      <ul className="gh-found">
        {of.sample.map((s) => (
          <li key={`${s.page} ${s.stamp} ${s.line}`}>
            <Link to={`${at.page(s.page)}?at=${s.stamp}`}>{s.page}</Link>, {stampText(s.stamp)}:{' '}
            <code>{s.text.slice(0, 120)}</code>
          </li>
        ))}
      </ul>
    </div>
  )
}
