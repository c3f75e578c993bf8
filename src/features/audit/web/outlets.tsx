import {
  Button,
  Checkbox,
  Group,
  Stack,
  TagsInput,
  Text,
  type CheckboxGroupProps,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, Loaded, Section, useAct, useApi, useCan } from '#web/kit/index.ts'
import { outlets, type Outlets } from '../schema.ts'

const path = '/api/v1/audit/outlets'

/** Where checkpoints go, so that a copy lies where nobody here can change it. */
export function OutletsSection() {
  const answer = useApi(['audit-outlets'], path, outlets)
  return (
    <Section
      title="Where checkpoints are sent"
      about="Choose places that the operators of this server cannot change: an auditor’s mailbox, another team’s log."
    >
      <Loaded of={answer}>{(of) => <OutletsForm key={of.revision} of={of} />}</Loaded>
    </Section>
  )
}

function OutletsForm({ of }: { readonly of: Outlets }) {
  const may = useCan('settings.manage')
  const form = useForm({
    initialValues: {
      mailTo: of.mailTo,
      webhooks: chosen(of.webhooks),
      archives: chosen(of.archives),
    },
  })
  const save = useAct(
    (body: { mailTo: string[]; webhooks: string[]; archives: string[] }) =>
      api.put(path, { body: { ...body, revision: of.revision }, schema: outlets }),
    {
      done: 'Saved',
      refresh: ['audit-outlets'],
      onError: (error) => {
        form.setErrors(error.fields)
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="sm" maw={560}>
        <TagsInput
          label="Mail, once a day"
          description={
            of.mailConfigured
              ? 'Addresses; Enter adds one.'
              : 'Mail is not configured: set GATEHOUSE_SMTP_URL and GATEHOUSE_MAIL_FROM.'
          }
          disabled={!may}
          {...form.getInputProps('mailTo')}
        />
        <Choices
          label="Webhooks, each time"
          none="There are none yet."
          of={of.webhooks}
          disabled={!may}
          {...form.getInputProps('webhooks')}
        />
        <Choices
          label="Folders and buckets, each time"
          none="There are none yet: add one under Compliance, Exports."
          of={of.archives}
          disabled={!may}
          {...form.getInputProps('archives')}
        />
        {may && (
          <Group>
            <Button type="submit" variant="default" loading={save.isPending}>
              Save
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}

const chosen = (of: Outlets['webhooks']): string[] => of.filter(({ on }) => on).map(({ id }) => id)

interface ChoicesProps extends Omit<CheckboxGroupProps, 'children'> {
  readonly of: Outlets['webhooks']
  readonly none: string
  readonly disabled: boolean
}

function Choices({ of, none, disabled, ...group }: ChoicesProps) {
  return (
    <Checkbox.Group {...group}>
      <Stack gap={6} mt={4}>
        {of.length === 0 && (
          <Text size="sm" c="dimmed">
            {none}
          </Text>
        )}
        {of.map(({ id, name }) => (
          <Checkbox key={id} value={id} label={name} disabled={disabled} />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}
