// An auditor that shares nothing with the ledger: it reads a folder of tiles (c2sp.org/tlog-tiles) with the packages
// that check Go's own module database.
//
//	auditor DIR VKEY
//
// It opens the checkpoint with the verifier key, works the root out from the tiles, proves each entry of the entry
// bundles against that root, and proves that each tree of a tenth of the entries more only adds to the one before it.
// It prints one line and exits 0, or says what is wrong and exits 1.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: auditor DIR VKEY")
		os.Exit(2)
	}
	size, err := audit(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%d entries are as they were signed for\n", size)
}

func audit(dir, vkey string) (int64, error) {
	tree, err := openCheckpoint(dir, vkey)
	if err != nil {
		return 0, err
	}
	// Every hash that this reader returns was checked against the root before.
	hashes := tlog.TileHashReader(tree, folder(dir))
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return 0, err
	}
	if root != tree.Hash {
		return 0, fmt.Errorf("the tiles give another root than was signed")
	}
	if err := checkEntries(dir, tree, hashes); err != nil {
		return 0, err
	}
	return tree.N, checkGrowth(tree, hashes)
}

// openCheckpoint returns the tree that the log signed for; its text is origin, size and root, a line each.
func openCheckpoint(dir, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	content, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(content, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is of another log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	var root tlog.Hash
	decoded, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(decoded) != len(root) {
		return tlog.Tree{}, fmt.Errorf("the checkpoint's root is malformed")
	}
	copy(root[:], decoded)
	return tlog.Tree{N: size, Hash: root}, nil
}

func checkEntries(dir string, tree tlog.Tree, hashes tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += width {
		count := tree.N - first
		if count > width {
			count = width
		}
		bundle := tlog.Tile{H: height, L: -1, N: first / width, W: int(count)}
		entries, err := readEntries(filepath.Join(dir, path(bundle)), int(count))
		if err != nil {
			return err
		}
		for place, entry := range entries {
			index := first + int64(place)
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				return fmt.Errorf("entry %d: %v", index, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
				return fmt.Errorf("entry %d: %v", index, err)
			}
		}
	}
	return nil
}

func checkGrowth(tree tlog.Tree, hashes tlog.HashReader) error {
	step := tree.N/10 + 1
	for old := step; old < tree.N; old += step {
		root, err := tlog.TreeHash(old, hashes)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, old, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old, root); err != nil {
			return fmt.Errorf("the first %d entries: %v", old, err)
		}
	}
	return nil
}

// readEntries returns the entries of a bundle: each is its length in two bytes, big-endian, and itself.
func readEntries(name string, count int) ([][]byte, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(content) > 0 {
		if len(content) < 2 || len(content)-2 < int(binary.BigEndian.Uint16(content)) {
			return nil, fmt.Errorf("%s is cut short", name)
		}
		length := 2 + int(binary.BigEndian.Uint16(content))
		entries, content = append(entries, content[2:length]), content[length:]
	}
	if len(entries) != count {
		return nil, fmt.Errorf("%s holds %d entries, not %d", name, len(entries), count)
	}
	return entries, nil
}

// path is where a tile lies: Go's own paths name the height, and call entries data.
func path(tile tlog.Tile) string {
	below := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	if rest := strings.TrimPrefix(below, "data/"); rest != below {
		below = "entries/" + rest
	}
	return "tile/" + below
}

// folder is a log's tiles as files.
type folder string

func (f folder) Height() int { return height }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		content, err := os.ReadFile(filepath.Join(string(f), path(tile)))
		if err != nil {
			return nil, err
		}
		if len(content) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", path(tile), len(content))
		}
		found = append(found, content)
	}
	return found, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}
