// What the bench compares chat's sockets with: Node's socket.io with one room and messages of chat's shape, which checks
// nobody and stores nothing. Says its port when it listens.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const server = createServer();
const io = new Server(server, { path: '/chat/v1/socket.io', serveClient: false, maxHttpBufferSize: 100_000 });
let seq = 0;
io.on('connection', (socket) => {
  socket.join('everybody');
  socket.on('message:send', ({ threadId, content, clientMessageId }, acknowledge) => {
    seq += 1;
    const message = {
      id: randomUUID(),
      threadId,
      senderId: socket.id,
      content,
      type: 'text',
      seq,
      clientMessageId: clientMessageId ?? null,
      parentMessageId: null,
      attachments: [],
      mentions: [],
      reactions: [],
      createdAt: new Date().toISOString(),
      editedAt: null,
      deletedAt: null,
      version: 0,
    };
    io.to('everybody').emit('message:new', message);
    acknowledge({ data: message, error: null });
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
