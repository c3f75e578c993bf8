import { useState } from 'react'
import { Button, Group, Menu, Select, Stack } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useGroupOptions } from '#features/access/web/pickers.tsx'
import {
  Empty,
  FilterBox,
  Loaded,
  notifyError,
  Pager,
  Rows,
  saveFile,
  Section,
  Side,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import type { Impact, ImpactPrincipal } from '../../impact/schema.ts'
import type { Act } from '../../schema.act.ts'
import { kindWords, principalPath } from '../principal-path.ts'
import { useImpactFilter } from './filter.ts'
import { principalsPath, useImpactPrincipals } from './use-impact.ts'
import { givenWords, pairOptions, settingName } from './words.ts'

const columns: readonly Column<ImpactPrincipal>[] = [
  {
    key: 'label',
    header: 'Who',
    cell: ({ label, name }) => (
      <>
        {label} {name !== '' && <span className="gh-quiet">{name}</span>}
      </>
    ),
  },
  {
    key: 'kind',
    header: 'Kind',
    cell: ({ kind }) => kindWords[kind],
    wideOnly: true,
  },
  {
    key: 'before',
    header: 'Before',
    cell: (p) => <Side side={p.before} is={p.beforeIs} />,
    wideOnly: true,
  },
  { key: 'after', header: 'After', cell: (p) => <Side side={p.after} is={p.afterIs} /> },
]

/** The form below must not be far away. */
const atOnce = 10

interface Props {
  readonly act: Act
  readonly impact: Impact
}

/** Everybody who is touched, by name. */
export function ImpactPeople({ act, impact }: Props) {
  const [view, setFilter] = useImpactFilter()
  const { inGroup: group, ...rest } = view
  const mayPick = useCan('members.read')
  // The router gives keys that are not there as undefined; the server takes no such members.
  const filter = { ...rest, group, limit: atOnce }
  const answer = useImpactPrincipals(act, filter)
  const save = (format: 'csv' | 'json') => {
    const body = { act, ...filter, cursor: undefined, limit: undefined, format }
    saveFile(principalsPath, body, `impact.${format}`).catch(notifyError)
  }
  return (
    <Stack id="impact-who">
      <Section title="Who">
        <Group className="gh-toolbar" gap="xs">
          <FilterBox
            label="Filter who is touched"
            placeholder="Name or e-mail"
            value={view.q ?? ''}
            onChange={(q) => setFilter({ q: q === '' ? undefined : q })}
          />
          <Select
            aria-label="What changes"
            placeholder="What changes"
            w={200}
            clearable
            searchable
            data={effectOptions(impact)}
            value={view.effect ?? null}
            onChange={(effect) => setFilter({ effect: effect ?? undefined })}
          />
          {impact.pairs.length > 1 && (
            <Select
              aria-label="From which policy to which"
              placeholder="From and to"
              w={200}
              clearable
              searchable
              data={pairOptions(impact.pairs)}
              value={view.pair ?? null}
              onChange={(pair) => setFilter({ pair: pair ?? undefined })}
            />
          )}
          {mayPick && <GroupFilter value={group} onChange={(inGroup) => setFilter({ inGroup })} />}
          <Menu position="bottom-end">
            <Menu.Target>
              <Button
                variant="default"
                ml="auto"
                leftSection={<IconDownload size={15} aria-hidden />}
              >
                Export
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => save('csv')}>CSV, all that match</Menu.Item>
              <Menu.Item onClick={() => save('json')}>JSON, all that match</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
        <Loaded of={answer}>
          {({ items, total, next }) =>
            items.length === 0 ? (
              <Empty
                title="Nothing matches"
                action={
                  <Button
                    variant="default"
                    onClick={() =>
                      setFilter({
                        q: undefined,
                        effect: undefined,
                        pair: undefined,
                        inGroup: undefined,
                      })
                    }
                  >
                    Show all
                  </Button>
                }
              >
                Nobody who is touched fits this filter.
              </Empty>
            ) : (
              <div aria-busy={answer.isFetching}>
                <Rows
                  label="Who is touched"
                  columns={columns}
                  rows={items}
                  rowKey={(p) => p.id}
                  rowLink={(p) => principalPath(p)}
                />
                <Pager
                  shown={items.length}
                  total={total}
                  cursor={view.cursor}
                  next={next ?? undefined}
                  go={(cursor) => setFilter({ cursor })}
                />
              </div>
            )
          }
        </Loaded>
      </Section>
    </Stack>
  )
}

/** Those in one group only: before the act or after it. */
function GroupFilter({
  value,
  onChange,
}: {
  readonly value: string | undefined
  readonly onChange: (groupId: string | undefined) => void
}) {
  const [typed, setTyped] = useState('')
  const found = useGroupOptions(typed)
  // One that stands in the address is none of those that were looked for.
  const data =
    value === undefined || found.some((one) => one.value === value)
      ? found
      : [...found, { value, label: value }]
  return (
    <Select
      aria-label="In which group"
      placeholder="Group"
      w={160}
      clearable
      searchable
      data={data}
      searchValue={typed}
      onSearchChange={setTyped}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
    />
  )
}

function effectOptions({ effects }: Impact): { value: string; label: string }[] {
  return effects.map(({ id, what }) => ({
    value: id,
    label:
      what.kind === 'setting'
        ? `${settingName(what)} → ${short(what.after ?? 'not set')}`
        : what.kind === 'given'
          ? `${givenWords[what.before]} → ${givenWords[what.after]}`
          : what.kind === 'wording'
            ? 'No setting changes'
            : 'Unreadable',
  }))
}

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text)
