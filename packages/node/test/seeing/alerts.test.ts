import { describe, expect, test } from 'vitest'
import { type Alert, alertNames, AlertBook, readAlerts } from '../../src/seeing/alerts.ts'

/** As Alertmanager 0.28 posts it. */
const payload = {
  receiver: 'sluice',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'SluiceCrowd', instance: '127.0.0.1:8001', severity: 'page' },
      annotations: { summary: 'too many actors' },
      startsAt: '2026-11-26T12:00:00.000Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus:9090/graph?g0.expr=…',
      fingerprint: 'c0ffee0000000001',
    },
  ],
  groupLabels: { alertname: 'SluiceCrowd' },
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  version: '4',
  groupKey: '{}:{alertname="SluiceCrowd"}',
  truncatedAlerts: 0,
}

const alert = (more: Partial<Alert> = {}): Alert => ({
  status: 'firing',
  labels: { alertname: 'A' },
  fingerprint: '1',
  startsAt: 'monday',
  ...more,
})

describe('the body of a webhook', () => {
  test('is read as Alertmanager writes it', () => {
    expect(readAlerts(payload)).toEqual([
      {
        status: 'firing',
        labels: payload.alerts[0]!.labels,
        fingerprint: 'c0ffee0000000001',
        startsAt: '2026-11-26T12:00:00.000Z',
      },
    ])
  })

  test.each([
    [null, 'expected a group of keys, got null'],
    [{}, /version: expected "4".*; alerts: expected a list of alerts/],
    [{ ...payload, version: '3' }, 'version: expected "4", the version of the webhook, got "3"'],
    [{ ...payload, alerts: [1] }, 'alerts[0]: expected an alert, got 1'],
    [
      { ...payload, alerts: [{ ...payload.alerts[0], status: 'on' }] },
      'alerts[0].status: expected "firing" or "resolved", got "on"',
    ],
    [
      { ...payload, alerts: [{ ...payload.alerts[0], labels: { a: 1 } }] },
      'alerts[0].labels.a: expected text, got 1',
    ],
  ])('is refused by name: %#', (body, why) => {
    expect(readAlerts(body)).toMatch(why)
  })
})

describe('alerts', () => {
  test('are news once, until they were resolved', () => {
    const book = new AlertBook()
    expect(book.take([alert()])).toHaveLength(1)
    expect(book.take([alert()])).toEqual([])
    expect(book.take([alert({ status: 'resolved' })])).toEqual([])
    expect(book.take([alert()])).toHaveLength(1)
    // It ended and began again, and the end was not told.
    expect(book.take([alert({ startsAt: 'tuesday' })])).toHaveLength(1)
  })

  test('are told apart by their fingerprints', () => {
    const book = new AlertBook()
    book.take([alert()])
    const other = alert({ fingerprint: '2' })
    expect(book.take([alert(), other])).toEqual([other])
  })

  test('are named once each, in order, and not without end', () => {
    const named = (...names: string[]) =>
      alertNames(names.map((alertname) => alert({ labels: { alertname } })))
    expect(named('B', 'A', 'B')).toBe('A, B')
    expect(alertNames([alert({ labels: {} })])).toBe('alert')
    const many = named(...Array.from({ length: 1_000 }, (_, i) => `${'n'.repeat(500)}${i}`))
    expect(many.length).toBeLessThan(1_100)
    expect(many.endsWith(', …')).toBe(true)
  })
})
