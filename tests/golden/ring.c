// SPDX-License-Identifier: MIT
/* A ring buffer, with what kernels do to C. */
#include <linux/module.h>
#include "ring.h"

#define RING_SIZE 64
#define ring_for_each(pos, ring) \
	for (pos = (ring)->head; pos; pos = next_of(pos))
#  define RING_MASK (RING_SIZE - 1)
#define pr_fmt(fmt) "ring: " fmt

struct ring;
enum ring_state { RING_IDLE, RING_BUSY = 4,
#ifdef CONFIG_RING_DEBUG
	RING_DEBUG,
#endif
	RING_DEAD };

typedef struct {
	u32 lo, hi;
} ring_stamp_t;

typedef int (*ring_cb_t)(struct ring *ring, void *data);
typedef struct ring_node ring_node_t;

/**
 * struct ring - the ring itself
 */
struct ring {
	struct list_head list;
	unsigned int head:4, tail;
	char name[RING_NAME_LEN];
	int (*notify)(struct ring *, unsigned long);
	const struct ring_ops __rcu *ops;
	union {
		u64 raw;
		ring_stamp_t stamp;
	};
	DECLARE_BITMAP(used, RING_SIZE);
	void __iomem *regs;
} ____cacheline_aligned_in_smp;

struct __packed ring_wire {
	__le32 magic;
} __aligned(8);

static DEFINE_MUTEX(ring_lock);
static LIST_HEAD(rings);
DEFINE_PER_CPU(struct ring_stat, ring_stats);
extern int ring_limit;
int ring_limit __read_mostly = 3, ring_other;
static const struct ring_ops default_ops = {
	.push = ring_push,
#ifdef CONFIG_PM
	.suspend = ring_suspend,
#endif
};

static int ring_push(struct ring *ring, u32 value);
asmlinkage __visible void __init ring_setup(void);

static noinline int __init ring_init(void)
{
	int local = 0, *p = &local;
	struct ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);

	if (!ring)
		return -ENOMEM;
	ring->head = RING_SIZE;
	mutex_lock(&ring_lock);
	list_add(&ring->list, &rings);
	ring->notify(ring, (unsigned long __force)p);
	return 0;
}
module_init(ring_init);

SYSCALL_DEFINE3(ring_read, unsigned int, fd, char __user *, buf, size_t, count)
{
	return do_ring_read(fd, buf, count);
}

#ifdef CONFIG_64BIT
static long ring_ioctl(struct file *file, unsigned int cmd)
#else
static long ring_compat(struct file *file)
#endif
{
	switch (file->mode) {
	case RING_BUSY:
		return ring_limit++;
	}
#ifdef CONFIG_A
	if (file->a) {
#else
	if (file->b) {
#endif
		ring_limit = 2;
	}
	return 0;
}

int
ring_old_style(a, b)
	int a;
	char *b;
{
	return a + *b;
}

static __always_inline struct ring *
ring_get(ring_node_t *node) __acquires(ring_lock)
{
	return container_of(node, struct ring, list);
}

void (*ring_hook(int which))(int)
{
	return NULL;
}

int (ring_parenthesised)(void) { return 0; }

#if 0
int never_compiled(void) { return 1; }
#endif

EXPORT_SYMBOL_GPL(ring_get);
MODULE_LICENSE("GPL");
