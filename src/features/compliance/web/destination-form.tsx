import { Checkbox, MultiSelect, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { FormFoot, useAct } from '#web/kit/index.ts'
import { eventTypes, type Destination } from '../schema.ts'
import { kindWords } from './words.ts'

export const empty = {
  name: '',
  kind: 's3' as Destination['kind'],
  eventTypes: [] as string[],
  from: true,
  folder: '',
  endpoint: '',
  bucket: '',
  region: '',
  prefix: '',
  accessKeyId: '',
  secretAccessKey: '',
  url: '',
  host: '',
  port: '6514',
  tls: true,
  ca: '',
  format: 'ocsf',
}
export type Values = typeof empty

/** What is sent of the values; what is empty of the secrets is left out. */
export function bodyOf(v: Values) {
  const common = { name: v.name, kind: v.kind, eventTypes: v.eventTypes }
  if (v.kind === 'folder') return { ...common, settings: { folder: v.folder } }
  if (v.kind === 'webhook') return { ...common, settings: v.url === '' ? {} : { url: v.url } }
  if (v.kind === 'syslog') {
    const { host, tls, format } = v
    const ca = v.ca.trim() === '' ? null : v.ca
    return { ...common, settings: { host, port: Number(v.port), tls, ca, format } }
  }
  const { endpoint, bucket, region, prefix, accessKeyId, secretAccessKey } = v
  return {
    ...common,
    settings: { endpoint, bucket, region, prefix, accessKeyId },
    ...(secretAccessKey !== '' && { secretAccessKey }),
  }
}

interface FormProps<Answer> {
  readonly initial: Values
  readonly isNew: boolean
  readonly action: string
  readonly done: string
  readonly send: (values: Values) => Promise<Answer>
  readonly onDone: (answer: Answer) => void
  readonly onCancel: () => void
}

export function DestinationForm<Answer>({
  initial,
  isNew,
  action,
  done,
  send,
  onDone,
  onCancel,
}: FormProps<Answer>) {
  const form = useForm<Values>({ initialValues: initial })
  const save = useAct(send, {
    done,
    refresh: ['compliance-destinations'],
    onDone,
    onError: (error) => {
      const taken = error.code === 'already_exists' ? { name: error.message } : {}
      const fields = Object.entries(error.fields).map(([name, message]) => [
        name.replace(/^settings\./, ''),
        message,
      ])
      form.setErrors({ ...(Object.fromEntries(fields) as Record<string, string>), ...taken })
      return error.errors.length > 0 || error.code === 'already_exists'
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md">
        <TextInput
          data-autofocus
          required
          label="Name"
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Select
          required
          disabled={!isNew}
          allowDeselect={false}
          label="Kind"
          data={Object.entries(kindWords).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('kind')}
        />
        <Fields form={form} isNew={isNew} />
        <MultiSelect
          label="Types"
          placeholder={form.values.eventTypes.length === 0 ? 'Every type' : ''}
          clearable
          data={[...eventTypes]}
          {...form.getInputProps('eventTypes')}
        />
        {isNew && (
          <Checkbox
            label="Send the files that are there already, too"
            {...form.getInputProps('from', { type: 'checkbox' })}
          />
        )}
        <FormFoot action={action} busy={save.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  )
}

/** Those of the chosen kind. */
function Fields({
  form,
  isNew,
}: {
  readonly form: ReturnType<typeof useForm<Values>>
  readonly isNew: boolean
}) {
  const text = (
    name: keyof Values,
    label: string,
    more: { description?: string; required?: boolean } = {},
  ) =>
    // prettier-ignore
    <TextInput
      required
      label={label}
      autoComplete="off"
      {...more}
      {...form.getInputProps(name)}
    />
  switch (form.values.kind) {
    case 'folder':
      return text('folder', 'Folder', { description: 'Below exports in the data folder.' })
    case 'webhook':
      return text('url', 'Address', {
        description: isNew
          ? 'It is told of each file; who may read it fetches it.'
          : 'Empty: it stays as it is. Its secret stays in any case.',
        required: isNew,
      })
    case 's3':
      return (
        <>
          {text('endpoint', 'Endpoint', {
            description: 'https://s3.eu-central-1.amazonaws.com, or that of another store.',
          })}
          {text('bucket', 'Bucket')}
          {text('region', 'Region')}
          {text('prefix', 'Prefix', {
            description: 'Folders that each end with a slash.',
            required: false,
          })}
          {text('accessKeyId', 'Access key id')}
          <TextInput
            required={isNew}
            type="password"
            label="Secret access key"
            description={
              isNew
                ? 'Kept encrypted. It needs to put objects, and nothing else.'
                : 'Empty: it stays as it is.'
            }
            autoComplete="off"
            {...form.getInputProps('secretAccessKey')}
          />
        </>
      )
    case 'syslog':
      return (
        <>
          {text('host', 'Host')}
          {text('port', 'Port')}
          <Select
            allowDeselect={false}
            label="Format"
            data={[
              { value: 'ocsf', label: 'OCSF, as JSON' },
              { value: 'cef', label: 'CEF' },
            ]}
            {...form.getInputProps('format')}
          />
          <Checkbox label="TLS" {...form.getInputProps('tls', { type: 'checkbox' })} />
          {form.values.tls && (
            <Textarea
              label="Certificate of its authority (PEM)"
              description="Empty: the well-known authorities."
              autosize
              minRows={2}
              maxRows={6}
              {...form.getInputProps('ca')}
            />
          )}
        </>
      )
  }
}
