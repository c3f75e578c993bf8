import { useEffect, useRef, useState } from 'react'
import { Group, Text } from '@mantine/core'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { cellText, shortText } from './figures.ts'
import type { Lines } from './series.ts'

/** Told apart by shade and dash, so that nobody has to see colours. */
const strokes = [
  ['--mantine-color-accent-6', []],
  ['--mantine-color-gray-6', [6, 4]],
  ['--mantine-color-accent-4', []],
  ['--mantine-color-gray-6', []],
  ['--mantine-color-accent-6', [2, 3]],
  ['--mantine-color-gray-6', [2, 3]],
] as const
const strokeOf = (i: number) => strokes[i % strokes.length] ?? strokes[0]

const height = 180
const daySeconds = 86_400
const dateFormat = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
})
const dateText = (seconds: number): string => dateFormat.format(seconds * 1000)

/** A picture of what the table under it says; for screen readers the table stands alone. */
export function Chart({ lines }: { readonly lines: Lines }) {
  const place = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState<number | null>(null)
  useEffect(() => {
    const box = place.current
    if (!box) return undefined
    const plot = new uPlot(
      optionsFor(box, lines, setAt),
      [[...lines.times], ...lines.lines.map(({ points }) => [...points])],
      box,
    )
    const watch = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height }))
    watch.observe(box)
    return () => {
      watch.disconnect()
      plot.destroy()
    }
  }, [lines])
  const time = at === null ? undefined : lines.times[at]
  return (
    <div aria-hidden>
      <div ref={place} />
      <Group gap="md" mt={4} mih={20}>
        {lines.lines.map(({ name, points }, i) => (
          <Group key={name} gap={6} wrap="nowrap">
            <Swatch of={i} />
            <Text size="xs">
              {name}
              {at !== null && `: ${cellText(points[at] ?? null, lines.kind)}`}
            </Text>
          </Group>
        ))}
        {time !== undefined && (
          <Text size="xs" c="dimmed">
            {dateText(time)}
          </Text>
        )}
      </Group>
    </div>
  )
}

function optionsFor(
  box: HTMLElement,
  { times, lines, kind }: Lines,
  onPoint: (at: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(box)
  const colour = (name: string): string => style.getPropertyValue(name)
  const line = { stroke: colour('--mantine-color-default-border'), width: 1 }
  const axis = { stroke: style.color, font: `11px ${style.fontFamily}`, grid: line, ticks: line }
  return {
    width: box.clientWidth,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
    scales: {
      x: { time: false },
      y: { range: (_, __, max) => [0, Math.max(kind === 'share' ? 0.01 : 1, max * 1.1)] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        incrs: [1, 2, 7, 14, 28, 91].map((days) => days * daySeconds),
        values: (_, splits) => splits.map(dateText),
      },
      { ...axis, size: 56, values: (_, splits) => splits.map((value) => shortText(value, kind)) },
    ],
    series: [
      {},
      ...lines.map((_, i) => {
        const [name, dash] = strokeOf(i)
        return {
          stroke: colour(name),
          width: 2,
          dash: [...dash],
          points: { show: times.length < 15, size: 5, fill: colour(name) },
        }
      }),
    ],
  }
}

function Swatch({ of }: { readonly of: number }) {
  const [name, dash] = strokeOf(of)
  return (
    <svg width={20} height={4}>
      <line
        x1={0}
        x2={20}
        y1={2}
        y2={2}
        stroke={`var(${name})`}
        strokeWidth={2}
        strokeDasharray={dash.join(' ')}
      />
    </svg>
  )
}
