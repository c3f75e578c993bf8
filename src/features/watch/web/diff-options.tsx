import { Group, Menu, SegmentedControl, Switch, Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconAdjustments } from '@tabler/icons-react'
import { z } from 'zod'
import { plural } from '#web/kit/plural.ts'

/** How a diff is looked at, as it stands in the address. */
export const diffAddress = z.object({
  view: z.enum(['split', 'unified']).catch('split'),
  formatting: z.enum(['shown', 'hidden']).catch('hidden'),
  ignored: z.enum(['shown', 'hidden']).catch('hidden'),
  paragraphs: z.enum(['on', 'off']).catch('off'),
  context: z.enum(['0', '3', '10', 'all']).catch('3'),
  wrap: z.enum(['on', 'off']).catch('on'),
})
export type DiffView = z.output<typeof diffAddress>

/** Side by side does not fit on a telephone. */
export function useUnified(view: DiffView): boolean {
  const narrow = useMediaQuery('(max-width: 62em)', false, { getInitialValueInEffect: false })
  return narrow || view.view === 'unified'
}

interface Props {
  readonly view: DiffView
  readonly onChange: (patch: { [K in keyof DiffView]?: DiffView[K] | undefined }) => void
  /** Pages that differ in formatting only. */
  readonly quiet?: number
}

const presets = [
  ['0', 'no line around'],
  ['3', '3 lines around'],
  ['10', '10 lines around'],
  ['all', 'the whole page'],
] as const

/** Formatting, context, paragraphs, wrap, and one column or two. */
export function DiffOptionsBar({ view, onChange, quiet }: Props) {
  const narrow = useMediaQuery('(max-width: 62em)', false, { getInitialValueInEffect: false })
  return (
    <Group justify="flex-end" gap="md" mb="xs" className="gh-noprint">
      <Switch
        size="xs"
        mr="auto"
        label={
          quiet === undefined || quiet === 0
            ? 'Show formatting'
            : `Show formatting (${plural(quiet, 'page')})`
        }
        checked={view.formatting === 'shown'}
        onChange={(event) =>
          onChange({ formatting: event.currentTarget.checked ? 'shown' : undefined })
        }
      />
      <Menu position="bottom-end" closeOnItemClick={false}>
        <Menu.Target>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconAdjustments size={14} aria-hidden />}
          >
            View
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Context</Menu.Label>
          {presets.map(([value, label]) => (
            <Menu.Item
              key={value}
              role="menuitemradio"
              aria-checked={view.context === value}
              onClick={() => onChange({ context: value === '3' ? undefined : value })}
              rightSection={view.context === value ? '✓' : null}
            >
              {label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            role="menuitemcheckbox"
            aria-checked={view.paragraphs === 'on'}
            rightSection={view.paragraphs === 'on' ? '✓' : null}
            onClick={() => onChange({ paragraphs: view.paragraphs === 'on' ? undefined : 'on' })}
          >
            Re-flowed paragraphs as equal
          </Menu.Item>
          <Menu.Item
            role="menuitemcheckbox"
            aria-checked={view.ignored === 'shown'}
            rightSection={view.ignored === 'shown' ? '✓' : null}
            onClick={() => onChange({ ignored: view.ignored === 'shown' ? undefined : 'shown' })}
          >
            Show ignored lines
          </Menu.Item>
          <Menu.Item
            role="menuitemcheckbox"
            aria-checked={view.wrap === 'on'}
            rightSection={view.wrap === 'on' ? '✓' : null}
            onClick={() => onChange({ wrap: view.wrap === 'on' ? 'off' : undefined })}
          >
            Wrap long lines
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {!narrow && (
        <SegmentedControl
          size="xs"
          aria-label="View"
          value={view.view}
          onChange={(value) => onChange({ view: value === 'unified' ? 'unified' : undefined })}
          data={[
            { value: 'split', label: 'Side by side' },
            { value: 'unified', label: 'Unified' },
          ]}
        />
      )}
    </Group>
  )
}
