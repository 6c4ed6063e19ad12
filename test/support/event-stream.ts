import { request } from 'node:http';

export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Listens to server-sent events; what has come so far stands in `events`. */
export function listenTo(url: string, headers: Record<string, string> = {}) {
  const events: StreamEvent[] = [];
  let status = 0;
  let rest = '';
  const asked = request(url, { headers }, (answer) => {
    status = answer.statusCode ?? 0;
    answer.setEncoding('utf8').on('data', (text: string) => {
      rest += text;
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const block = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) {
          events.push({ event: /^event: (.*)$/m.exec(block)?.[1] ?? 'message', data: JSON.parse(data) });
        }
      }
    });
    answer.on('error', () => undefined);
  });
  asked.on('error', () => undefined);
  asked.end();
  return { events, status: () => Promise.resolve(status), close: () => asked.destroy() };
}
