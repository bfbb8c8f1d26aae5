# SPDX-License-Identifier: MIT
"""The server's side of RFC 6455, as much as the channel protocols of Kubernetes need."""
import base64
import hashlib
import struct
import threading

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class WebSocket:
    def __init__(self, handler, protocols):
        self.handler = handler
        offered = [p.strip() for p in handler.headers.get("Sec-WebSocket-Protocol", "").split(",") if p.strip()]
        self.protocol = next((p for p in offered if p in protocols), None)
        self.lock = threading.Lock()

    def accept(self):
        if self.protocol is None:
            self.handler.fail(403, "no WebSocket subprotocol in common")
            return False
        key = self.handler.headers.get("Sec-WebSocket-Key", "").encode()
        self.handler.send_response(101)
        self.handler.send_header("Upgrade", "websocket")
        self.handler.send_header("Connection", "Upgrade")
        self.handler.send_header("Sec-WebSocket-Accept",
                                 base64.b64encode(hashlib.sha1(key + GUID).digest()).decode())
        self.handler.send_header("Sec-WebSocket-Protocol", self.protocol)
        self.handler.end_headers()
        self.handler.wfile.flush()
        self.handler.close_connection = True
        return True

    def frame(self, opcode, payload):
        size = len(payload)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([size])
        elif size < 65536:
            head += bytes([126]) + struct.pack(">H", size)
        else:
            head += bytes([127]) + struct.pack(">Q", size)
        with self.lock:
            self.handler.wfile.write(head + payload)
            self.handler.wfile.flush()

    def send(self, channel, data):
        self.frame(2, bytes([channel]) + data)

    def close(self):
        try:
            self.frame(8, struct.pack(">H", 1000))
        except OSError:
            pass

    def exactly(self, size):
        data = self.handler.rfile.read(size)
        if len(data) != size:
            raise EOFError
        return data

    def receive(self):
        """The next message as (channel, data); None when the client has closed."""
        message = b""
        while True:
            first, second = self.exactly(2)
            size = second & 127
            if size == 126:
                size = struct.unpack(">H", self.exactly(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self.exactly(8))[0]
            mask = self.exactly(4) if second & 128 else b"\0\0\0\0"
            data = bytearray(self.exactly(size))
            for i in range(size):
                data[i] ^= mask[i & 3]
            opcode = first & 15
            if opcode == 8:
                return None
            if opcode == 9:
                self.frame(10, bytes(data))
            elif opcode in (0, 1, 2):
                message += bytes(data)
                if first & 128:
                    return (message[0], message[1:]) if message else (0, b"")
