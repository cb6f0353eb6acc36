//! A queue of jobs.

const std = @import("std");
const Allocator = std.mem.Allocator;
const util = @import("lib/util.zig");
pub usingnamespace @import("c.zig");

/// How many jobs there may be.
///
/// More are refused.
pub const limit: usize = 64;
var started: bool = false;
threadlocal var depth: u32 = 0;

pub const Error = error{ Full, Stopped } || Allocator.Error;
const Plain = error{
    Late,
};

pub const State = enum(u8) {
    idle,
    busy = 3,
    _,

    pub fn isBusy(self: State) bool {
        return self == .busy;
    }
};

const Value = union(enum) { number: i64, text: []const u8, none };

extern "c" fn getpid() c_int;
export fn queue_start() callconv(.C) void {
    started = true;
}

/// One thing to do.
pub const Job = struct {
    name: []const u8,
    run: *const fn (*Job) Error!void,
    next: ?*Job = null,
    state: State = .idle,

    const Self = @This();
    pub const empty = Job{ .name = "", .run = noop };

    fn noop(_: *Job) Error!void {}

    pub fn init(name: []const u8) Self {
        return .{ .name = name, .run = &noop };
    }
};

/// A queue of anything.
pub fn Queue(comptime T: type) type {
    return struct {
        items: std.ArrayList(T),
        mutex: std.Thread.Mutex = .{},

        const Node = struct { data: T };
        const This = @This();

        pub fn push(self: *This, item: T) !void {
            self.mutex.lock();
            defer self.mutex.unlock();
            try self.items.append(item);
        }

        pub fn pop(self: *This) ?T {
            return self.items.popOrNull();
        }
    };
}

fn drain(allocator: Allocator, queue: *Queue(Job), values: []const Value) Error!usize {
    var count: usize = 0;
    const copy = try allocator.dupe(Value, values);
    errdefer |err| std.log.err("{}", .{err});
    while (queue.pop()) |job| : (count += 1) {
        var mutable = job;
        job.run(&mutable) catch |err| switch (err) {
            error.Full => return error.Stopped,
            else => |other| return other,
        };
    }
    const total = outer: {
        for (copy, 0..) |value, index| {
            switch (value) {
                .number => |n| if (n > limit) break :outer index,
                .text, .none => {},
            }
        }
        break :outer count;
    };
    if (copy.len > 0) {
        const first = copy[0];
        _ = first;
    } else if (util.maybe()) |found| {
        depth += @intCast(found);
    }
    inline for (.{ 1, 2 }) |n| {
        count += n;
    }
    return total;
}

test "draining" {
    const Local = struct { x: i32 };
    const local = Local{ .x = 1 };
    try std.testing.expect(local.x == 1 and @as(State, .busy).isBusy());
}

comptime {
    _ = Queue(Job);
}
