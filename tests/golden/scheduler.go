// Package scheduler runs jobs.
package scheduler

import (
	"context"
	"fmt"
	stdsync "sync"
)

// MaxJobs is how many jobs may wait.
const MaxJobs = 100

const (
	Idle State = iota
	Running
	_
	stopped, failed = "stopped", "failed"
)

var ErrFull = fmt.Errorf("queue is full")

var (
	defaultQueue *Queue[Job]
	hits, misses int
)

// State of a job.
type State int

type (
	// Job is a unit of work.
	Job struct {
		stdsync.Mutex
		*Options
		Name     string `json:"name"`
		run, end func(context.Context) error
		inner    struct {
			depth int
		}
	}
	Runner interface {
		fmt.Stringer
		Run(ctx context.Context, jobs ...Job) (int, error)
	}
	Alias = map[string]Job
)

type Options struct{ Retries int }

type Number interface {
	~int | ~float64
}

type Queue[T any] struct {
	items []T
}

// Push adds an item.
func (q *Queue[T]) Push(item T) bool {
	const local = 3
	var also = local
	if len(q.items) >= MaxJobs {
		return false
	}
	q.items = append(q.items, item)
	hits++
	_ = also
	return true
}

func (q Queue[T]) Len() int { return len(q.items) }

func (State) String() string { return "state" }

func (j *Job) Start(ctx context.Context) (err error) {
	type attempt struct{ n int }
	go func() {
		defer j.Unlock()
		err = j.run(ctx)
	}()
	j.inner.depth, j.Name = 1, "x"
	return Map(attempt{n: 1}, func(a attempt) error { return nil })
}

func Map[T, U any](value T, f func(T) U) U {
	return f(value)
}

func New(name string, opts ...Option) *Job {
	job := &Job{Name: name, Options: &Options{Retries: 3}}
	for _, opt := range opts {
		opt(job)
	}
	if defaultQueue != nil && !defaultQueue.Push(*job) {
		panic(ErrFull)
	}
	return job
}

type Option func(*Job)

func init() {
	defaultQueue = &Queue[Job]{}
	Map[int, int](1, func(x int) int { return x + misses })
}
