/** One server-sent event as it was written; only the fields that were. */
export interface StreamEvent {
  event?: string;
  id?: string;
  data?: string;
  retry?: number;
}

export interface Listening {
  readonly contentType: string;
  /** The next event that is wanted; those before it are dropped. @throws Error when the stream ends first */
  next(wanted: (event: StreamEvent) => boolean): Promise<StreamEvent>;
  close(): void;
}

/** Reads a stream of server-sent events by the letter of the HTML standard. @throws Error when it is refused */
export async function listen(url: string, headers: Record<string, string> = {}): Promise<Listening> {
  const controller = new AbortController();
  const answer = await fetch(url, { headers, signal: controller.signal });
  if (answer.status !== 200 || !answer.body) throw new Error(`the stream answered ${answer.status}`);
  const events = eventsOf(answer.body as AsyncIterable<Uint8Array>);
  return {
    contentType: answer.headers.get('content-type') ?? '',
    async next(wanted) {
      const timer = setTimeout(() => controller.abort(new Error('nothing came for 20 s')), 20_000);
      try {
        for (;;) {
          const { value, done } = await events.next();
          if (done) throw new Error('the stream has ended');
          if (wanted(value)) return value;
        }
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => controller.abort(),
  };
}

async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const event = eventOf(rest.slice(0, end));
      rest = rest.slice(end + 2);
      if (event) yield event;
    }
  }
}

function eventOf(block: string): StreamEvent | null {
  const event: StreamEvent = {};
  for (const line of block.split('\n')) {
    const [, field, value] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'data')
      event.data = event.data === undefined ? (value ?? '') : `${event.data}\n${value ?? ''}`;
    else if (field === 'retry') event.retry = Number(value);
    else if (field === 'event' || field === 'id') event[field] = value ?? '';
  }
  return Object.keys(event).length === 0 ? null : event;
}
