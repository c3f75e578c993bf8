import { useState } from 'react'
import { Button, Divider, Group, Modal, Radio, Select, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconBell } from '@tabler/icons-react'
import { z } from 'zod'
import { api, FormFoot, LinkButton, useAct, useApi, useCan } from '#web/kit/index.ts'
import { endpoint, subscription, type Endpoint } from '../schema.ts'
import { FeedDiscovery, FeedLinks } from './feed-address.tsx'
import { SubscriptionFields } from './fields.tsx'
import { fieldsOf, noValues, rhythmOf, type Values } from './form.ts'

export interface SubscribeProps {
  /** `vendor/product/set/language`; every collection when left out. */
  readonly collectionPath?: string
  readonly page?: string
}

/** Follow what is on the screen: by mail, to a webhook, or in a feed reader. */
export function SubscribeButton({ collectionPath, page }: SubscribeProps) {
  const [opened, setOpened] = useState(false)
  if (!useCan('subscriptions.read')) return null
  return (
    <>
      {collectionPath !== undefined && (
        <FeedDiscovery collectionPath={collectionPath} page={page} />
      )}
      <Button
        variant="default"
        leftSection={<IconBell size={15} aria-hidden />}
        onClick={() => setOpened(true)}
      >
        Subscribe
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Subscribe" size="lg">
        <SubscribeForm
          {...(collectionPath === undefined ? {} : { collectionPath })}
          {...(page === undefined ? {} : { page })}
          onDone={() => setOpened(false)}
        />
      </Modal>
    </>
  )
}

const endpoints = z.object({ items: z.array(endpoint) })

/** `to` is a webhook that is given: then nothing is asked about where it goes. */
export function SubscribeForm({
  collectionPath,
  page,
  to,
  onDone,
}: SubscribeProps & { readonly to?: string; readonly onDone: () => void }) {
  const mayWebhooks = useCan('webhooks.manage')
  const hooks = useApi(['webhooks', 'all'], '/api/v1/webhooks', endpoints, {
    query: { limit: 500 },
    enabled: mayWebhooks && to === undefined,
  })
  const form = useForm<Values>({
    initialValues: {
      ...noValues(),
      what: page !== undefined ? 'page' : collectionPath === undefined ? 'all' : 'collection',
      to: to ?? 'mail',
    },
  })
  const subscribe = useAct(
    (values: Values) =>
      api.post('/api/v1/subscriptions', {
        body: {
          collection: values.what === 'all' ? null : (collectionPath ?? null),
          page: values.what === 'page' ? page : null,
          term: values.term.trim() === '' ? null : values.term.trim(),
          channel:
            values.to === 'mail' ? { kind: 'mail' } : { kind: 'webhook', endpointId: values.to },
          rhythm: rhythmOf(values),
          formatting: values.formatting,
          trouble: values.trouble,
        },
        schema: subscription,
      }),
    {
      done: 'Subscribed',
      refresh: ['subscriptions', 'webhooks'],
      onDone,
      onError: (error) => {
        form.setErrors(fieldsOf(error.fields))
        return error.errors.length > 0
      },
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => subscribe.mutate(values))}>
      <Stack gap="md">
        {collectionPath !== undefined && (
          <Radio.Group label="Follow" {...form.getInputProps('what')}>
            <Stack gap={6} mt={6}>
              {page !== undefined && <Radio value="page" label={`The page ${page}`} />}
              <Radio value="collection" label={`The whole collection ${collectionPath}`} />
              <Radio value="all" label="Every collection" />
            </Stack>
          </Radio.Group>
        )}
        {to === undefined && <Where hooks={hooks.data?.items ?? []} form={form} />}
        <SubscriptionFields form={form} />
        <FormFoot action="Subscribe" busy={subscribe.isPending} onCancel={onDone} />
        {to === undefined && collectionPath !== undefined && (
          <>
            <Divider label="or in a feed reader" />
            <FeedLinks collectionPath={collectionPath} {...(page === undefined ? {} : { page })} />
            <Group>
              <LinkButton variant="subtle" size="compact-sm" to="/subscriptions">
                All subscriptions
              </LinkButton>
            </Group>
          </>
        )}
      </Stack>
    </form>
  )
}

function Where({
  hooks,
  form,
}: {
  readonly hooks: readonly Endpoint[]
  readonly form: ReturnType<typeof useForm<Values>>
}) {
  if (hooks.length === 0) return null
  return (
    <Select
      label="Where to"
      data={[
        { value: 'mail', label: 'To me, by e-mail' },
        ...hooks.map((h) => ({ value: h.id, label: `Webhook ${h.name}` })),
      ]}
      allowDeselect={false}
      {...form.getInputProps('to')}
    />
  )
}
