// One WebSocket for everything.
import type { ClientFrame, ServerFrame } from '../api';
import { socketUrl } from '../base';
import { current, type Line, type LineEvents, type Topic } from './line';

export function openSocket(events: LineEvents): Line {
  const socket = new WebSocket(socketUrl('ws'), 'vigil.v1');
  const send = (frame: ClientFrame) => { if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame)); };
  let over = false;
  const close = () => {
    if (over) return;
    over = true;
    socket.onclose = socket.onmessage = socket.onopen = null;
    socket.close();
  };
  socket.onopen = () => events.opened();
  socket.onmessage = (message) => events.frame(JSON.parse(String(message.data)) as ServerFrame);
  socket.onclose = () => { over = true; events.closed(); };
  return {
    transport: 'websocket',
    start: (topic) => send({ op: 'sub', id: topic.id, ...current(topic) }),
    stop: (topic) => send({ op: 'unsub', id: topic.id }),
    acknowledge: (topic: Topic, offset: number) => send({ op: 'ack', id: topic.id, offset }),
    close,
  };
}
