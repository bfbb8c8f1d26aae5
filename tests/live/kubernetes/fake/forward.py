# SPDX-License-Identifier: MIT
"""port-forward: for port number i of the request, channel 2i carries data and 2i + 1 an error text."""
import select
import socket
import struct
import threading

from websocket import WebSocket


class Forward:
    def forward(self):
        ports = [int(p) for value in self.query.get("port", []) for p in value.split(",")]
        socket_ = WebSocket(self, ["v4.channel.k8s.io"])
        if not ports:
            self.fail(400, 'query parameter "port" is required')
            return
        if not socket_.accept():
            return
        for index, port in enumerate(ports):
            socket_.send(2 * index, struct.pack("<H", port))
            socket_.send(2 * index + 1, struct.pack("<H", port))
        connections = []
        for index, port in enumerate(ports):
            try:
                connections.append(socket.create_connection(("127.0.0.1", port), timeout=10))
                connections[index].settimeout(None)
            except OSError as error:
                meta = self.pod["metadata"]
                socket_.send(2 * index + 1, ("error forwarding port %d to pod %s, uid %s: %s"
                                             % (port, meta["name"], meta["uid"], error)).encode())
                connections.append(None)
        threading.Thread(target=self.upstream, args=(socket_, connections), daemon=True).start()
        try:
            self.downstream(socket_, connections)
        finally:
            for connection in filter(None, connections):
                connection.close()
            socket_.close()

    @staticmethod
    def upstream(socket_, connections):
        try:
            while True:
                message = socket_.receive()
                if message is None:
                    break
                channel, data = message
                if channel % 2 == 0 and channel // 2 < len(connections) and connections[channel // 2]:
                    connections[channel // 2].sendall(data)
        except (OSError, EOFError):
            pass
        for connection in filter(None, connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    @staticmethod
    def downstream(socket_, connections):
        live = {c: i for i, c in enumerate(connections) if c}
        while live:
            for connection in select.select(list(live), [], [])[0]:
                data = connection.recv(32768)
                if data:
                    socket_.send(2 * live[connection], data)
                else:
                    del live[connection]
