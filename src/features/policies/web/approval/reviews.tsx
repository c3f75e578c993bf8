import { useState } from 'react'
import { Button } from '@mantine/core'
import {
  api,
  ChangeSetView,
  Confirm,
  DataTable,
  Empty,
  MessageField,
  Status,
  Time,
  useAct,
  type Column,
} from '#web/kit/index.ts'
import { review, type Review } from '../../approval/schema.ts'
import { reviewWords } from './words.tsx'

const columns: readonly Column<Review>[] = [
  {
    key: 'title',
    header: 'What',
    cell: (r) => (
      <>
        {r.title}
        <div className="gh-quiet">
          {reviewWords[r.why]} by {r.actor.label}
          {r.reason !== '' && `: ${r.reason}`}
        </div>
      </>
    ),
  },
  {
    key: 'touches',
    header: 'Touches',
    cell: (r) => r.touches.toLocaleString('en'),
    align: 'right',
    wideOnly: true,
  },
  { key: 'at', header: 'When', cell: (r) => <Time at={r.at} />, wideOnly: true },
  {
    key: 'review',
    header: 'Review',
    cell: (r) =>
      r.reviewedAt === null ? (
        r.mayReview ? (
          <ReviewButton of={r} />
        ) : (
          <Status meaning="prompt">not reviewed</Status>
        )
      ) : (
        <>
          <Status meaning="allowed">reviewed</Status>
          <div className="gh-quiet">
            {r.reviewedBy}: {r.comment}
          </div>
        </>
      ),
  },
]

/** Acts that did not wait for approval, until somebody else has looked at them. */
export function Reviews() {
  return (
    <DataTable
      name="reviews"
      label="Reviews"
      path="/api/v1/reviews"
      schema={review}
      columns={columns}
      rowKey={(r) => r.id}
      prefix="r_"
      search="What, reason or who"
      filters={[
        {
          key: 'state',
          label: 'State',
          options: [
            { value: 'open', label: 'not reviewed' },
            { value: 'reviewed', label: 'reviewed' },
          ],
        },
      ]}
      empty={
        <Empty title="Nothing to review">
          With the four-eyes rule on, what takes access away and what was called an emergency
          happens at once, and is reviewed here afterwards.
        </Empty>
      }
    />
  )
}

function ReviewButton({ of }: { readonly of: Review }) {
  const [opened, setOpened] = useState(false)
  const [comment, setComment] = useState('')
  const say = useAct(
    () => api.post(`/api/v1/reviews/${of.id}`, { body: { comment }, schema: review }),
    { done: 'Reviewed', refresh: ['reviews', 'four-eyes', 'overview'], onError: () => true },
  )
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        Review…
      </Button>
      <Confirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={of.title}
        action="Reviewed"
        danger={false}
        onConfirm={() => say.mutateAsync(undefined)}
      >
        <p>
          {reviewWords[of.why]} by {of.actor.label}
          {of.reason === '' ? '.' : `: ${of.reason}`}
        </p>
        {of.changeSet && <ChangeSetView set={of.changeSet} />}
        <MessageField
          label="What you found"
          required
          mt="sm"
          value={comment}
          onChange={setComment}
        />
      </Confirm>
    </>
  )
}
