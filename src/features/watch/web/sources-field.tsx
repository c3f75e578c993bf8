import {
  ActionIcon,
  Alert,
  Button,
  Group,
  NumberInput,
  Paper,
  Select,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { api, useAct, plural } from '#web/kit/index.ts'
import {
  discovery,
  sourceKinds,
  type Discovery,
  type FetchSettings,
  type Source,
} from '../schema.ts'
import { sourceNames, sourceOf } from './form.ts'
import { failureWords } from './words.ts'

interface Props {
  readonly value: readonly Source[]
  readonly fetch: FetchSettings
  readonly errors: Readonly<Record<string, unknown>>
  readonly onChange: (sources: Source[]) => void
  /** The first page that a source brought, to try the extraction on. */
  readonly onFound: (url: string) => void
}

/** Where the pages of a collection are found: each source can be tried before anything is saved. */
export function SourcesField({ value, fetch, errors, onChange, onFound }: Props) {
  const set = (index: number, source: Source) =>
    onChange(value.map((old, i) => (i === index ? source : old)))
  return (
    <Stack gap="sm">
      {value.map((source, i) => (
        <SourceCard
          key={i}
          source={source}
          fetch={fetch}
          error={(field) => errors[`sources.${i}.${field}`] as string | undefined}
          onChange={(next) => set(i, next)}
          onRemove={() => onChange(value.filter((_, other) => other !== i))}
          onFound={onFound}
        />
      ))}
      <Group>
        <Button
          variant="default"
          size="compact-md"
          onClick={() => onChange([...value, sourceOf(value.length === 0 ? 'llms' : 'urls')])}
        >
          Add a source
        </Button>
        {value.length === 0 && (
          <Text size="sm" c="dimmed">
            Without a source it only holds what is imported.
          </Text>
        )}
      </Group>
    </Stack>
  )
}

interface CardProps {
  readonly source: Source
  readonly fetch: FetchSettings
  readonly error: (field: string) => string | undefined
  readonly onChange: (source: Source) => void
  readonly onRemove: () => void
  readonly onFound: (url: string) => void
}

function SourceCard({ source, fetch, error, onChange, onRemove, onFound }: CardProps) {
  const attempt = useAct(
    () =>
      api.post('/api/v1/watch/discover', {
        body: { source: cleaned(source), fetch },
        schema: discovery,
      }),
    { onDone: (found) => found.pages[0] !== undefined && onFound(found.pages[0].url) },
  )
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        <Group justify="space-between" align="flex-end" wrap="nowrap">
          <Select
            label="Source"
            description={sourceNames[source.kind].about}
            allowDeselect={false}
            value={source.kind}
            onChange={(kind) => kind !== null && onChange(sourceOf(kind, source))}
            data={sourceKinds.map((kind) => ({ value: kind, label: sourceNames[kind].name }))}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Remove this source"
            onClick={onRemove}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
        <Fields source={source} error={error} onChange={onChange} />
        <Group grow align="flex-end">
          <TagsInput
            label="Only pages like"
            description="Globs over the page's path. All when empty."
            value={[...source.include]}
            onChange={(include) => onChange({ ...source, include })}
          />
          <TagsInput
            label="Not pages like"
            description="For example changelog/**"
            value={[...source.exclude]}
            onChange={(exclude) => onChange({ ...source, exclude })}
          />
        </Group>
        <Group>
          <Button
            variant="default"
            size="compact-md"
            loading={attempt.isPending}
            onClick={() => attempt.mutate(undefined)}
          >
            Try this source
          </Button>
        </Group>
        {attempt.data && <Found of={attempt.data} />}
      </Stack>
    </Paper>
  )
}

/** Fields that are empty are not sent. */
function cleaned(source: Source): Source {
  if ('prefix' in source && source.kind !== 'links' && source.prefix === '') {
    const { prefix: _, ...rest } = source
    return rest
  }
  return source
}

interface FieldsProps {
  readonly source: Source
  readonly error: (field: string) => string | undefined
  readonly onChange: (source: Source) => void
}

function Fields({ source, error, onChange }: FieldsProps) {
  if (source.kind === 'urls')
    return (
      <Textarea
        label="Addresses"
        description="One a line."
        autosize
        minRows={3}
        maxRows={12}
        error={error('urls')}
        defaultValue={source.urls.join('\n')}
        onChange={(event) =>
          onChange({
            ...source,
            urls: event.currentTarget.value.split(/\s+/).filter((line) => line !== ''),
          })
        }
      />
    )
  const address = (
    <TextInput
      label="Address"
      placeholder="https://docs.example.com/llms.txt"
      error={error('url')}
      value={source.url}
      onChange={(event) => onChange({ ...source, url: event.currentTarget.value.trim() })}
    />
  )
  if (source.kind === 'git')
    return (
      <Group grow align="flex-end">
        {address}
        <TextInput
          label="Branch"
          placeholder="the default one"
          value={source.branch ?? ''}
          onChange={(event) => {
            const { branch: _, ...rest } = source
            const branch = event.currentTarget.value.trim()
            onChange(branch === '' ? rest : { ...rest, branch })
          }}
        />
        <TextInput
          label="Folder"
          placeholder="the whole repository"
          value={source.folder}
          onChange={(event) => onChange({ ...source, folder: event.currentTarget.value.trim() })}
        />
      </Group>
    )
  return (
    <Group grow align="flex-end">
      {address}
      <TextInput
        label="Prefix"
        description="What addresses begin with and paths leave out."
        placeholder="https://docs.example.com/product/"
        error={error('prefix')}
        value={source.prefix ?? ''}
        onChange={(event) => onChange({ ...source, prefix: event.currentTarget.value.trim() })}
      />
      {source.kind === 'links' && (
        <NumberInput
          label="Depth"
          description="Links from the first page."
          min={0}
          max={10}
          value={source.depth}
          onChange={(depth) => onChange({ ...source, depth: Number(depth) })}
        />
      )}
    </Group>
  )
}

function Found({ of }: { readonly of: Discovery }) {
  if (!of.ok)
    return (
      <Alert color="red" role="alert" title={of.failure ? failureWords[of.failure.kind] : 'Failed'}>
        {of.failure?.message} {of.failure?.remedy}
      </Alert>
    )
  return (
    <div role="status">
      <Text size="sm">
        {plural(of.found, 'page')}
        {of.leftOut > 0 &&
          `; ${of.leftOut.toLocaleString('en')} left out by the globs or the prefix`}
      </Text>
      <ul className="gh-found">
        {of.pages.slice(0, 12).map((page) => (
          <li key={page.path}>
            <code>{page.path}</code> {page.title}
          </li>
        ))}
        {of.found > 12 && <li>and {plural(of.found - 12, 'more', 'more')}</li>}
      </ul>
    </div>
  )
}
