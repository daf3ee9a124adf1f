package app

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"

	"rachis/app/memory"
)

// This file shares the machine with what else runs on it: how much memory decoded images may take, and how the processors are shared between
// decoding and the window.

// memoryShares are what the user may give to decoded images, as parts of the machine's memory: an eighth, a quarter, a half.
var memoryShares = []int{8, 4, 2}

// usualShare is the part that is taken where nothing else was chosen.
const usualShare = 4

// leastCache is the least that decoded images get: some films, or a series of 200 slices.
const leastCache = 192 << 20

// cacheBytes is how much decoded image data is kept, at one part in so many.
func cacheBytes(total int64, share int) int64 { return max(total/int64(share), leastCache) }

// memoryShare is the part that the user has chosen.
func (p preferences) memoryShare() int {
	for _, s := range memoryShares {
		if p.Int(prefMemory) == s {
			return s
		}
	}
	return usualShare
}

// workingRoom is what there may be beside the cache: the window's own memory, garbage, and what each of the decoders is at.
func workingRoom(cache int64, decoders int) int64 { return 256<<20 + cache/8 + int64(decoders)*64<<20 }

// applyMemory takes over how much memory decoded images may have, at once.
func (w *window) applyMemory() {
	n := cacheBytes(memory.Total(), w.prefs.memoryShare())
	smaller := n < w.cacheBytes
	w.cacheBytes = n
	w.mpr.share()
	limitHeap(n, w.decoders)
	if smaller {
		w.back.quietly(func(context.Context) { debug.FreeOSMemory() })
	}
}

// limitHeap holds garbage down. Go lets its heap grow to twice what is in use before it looks for garbage, so that a full cache of 6 GB would take
// 12. Near the limit it looks more often, which costs little here: samples hold no pointers and need no visit. The limit is soft: pinned films
// beyond it are still shown. Who sets GOMEMLIMIT or GOGC has reasons of their own.
func limitHeap(cache int64, decoders int) {
	if os.Getenv("GOMEMLIMIT") == "" && os.Getenv("GOGC") == "" {
		debug.SetMemoryLimit(cache + workingRoom(cache, decoders))
	}
}

// shareProcessors lets the system share the processors, and returns how many there are, which is how many frames are decoded at a time. Go runs as
// many goroutines at once as there are processors, and gives each up to 10 ms and more while others queue: with all decoding, the window's goroutine
// would stand in that queue whenever it comes back from drawing. With places to spare it always has one, and the system, which favours a thread
// that mostly sleeps, gives it a processor. See ARCHITECTURE.md.
func shareProcessors() int {
	n := runtime.GOMAXPROCS(0) // what a container allows is respected
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2*n + 2)
	}
	return n
}
