package jpeg2000

// A tagNode is a node of a tag tree (B.10.2). Its value is at least low; known says that it is low.
type tagNode struct {
	low   uint16
	known bool
}

// treeDepth is enough for 2^13 code-blocks across, which is as many as a precinct of 2^15 has of the smallest size.
const treeDepth = 15

// treeSize returns the number of nodes over w x h leaves.
func treeSize(w, h int) int {
	if w == 0 || h == 0 {
		return 0
	}
	n := w * h
	for w > 1 || h > 1 {
		w, h = (w+1)/2, (h+1)/2
		n += w * h
	}
	return n
}

// A tagTree is a tag tree while a packet header is read: its leaves come first, then each level towards the root.
type tagTree struct {
	nodes []tagNode
	start [treeDepth]int32 // of each level
	width [treeDepth]int32
	depth int
}

func (t *tagTree) init(nodes []tagNode, w, h int) {
	t.nodes, t.depth = nodes, 0
	at := 0
	for {
		t.start[t.depth], t.width[t.depth] = int32(at), int32(w)
		t.depth++
		at += w * h
		if w <= 1 && h <= 1 || t.depth == treeDepth {
			return
		}
		w, h = (w+1)/2, (h+1)/2
	}
}

// below reads as many bits as tell whether the leaf's value is below the threshold.
func (t *tagTree) below(b *bitReader, x, y int, threshold uint16) bool {
	low := uint16(0)
	for level := t.depth - 1; ; level-- {
		n := &t.nodes[int(t.start[level])+y>>level*int(t.width[level])+x>>level]
		n.low = max(n.low, low)
		for !n.known && n.low < threshold {
			if b.bit() != 0 {
				n.known = true
			} else {
				n.low++
			}
		}
		low = n.low
		if level == 0 {
			return n.known && n.low < threshold
		}
		// Where this node is not known, its value is at least the threshold, and so is the leaf's; the nodes on the way need no bits.
	}
}
