// SPDX-License-Identifier: MIT

// client-go URL NAMESPACE LIMIT KIND...: the lists that liborch asks for, by client-go.
//
// KIND is deployments, replicasets, pods; LIMIT the length of a page, 0: all at once. All of it
// is kept until it is counted. Prints what bench/measure.h does. JSON, since that is what the
// server has, no limit of requests a second, and Go's default garbage collector.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "client-go:", err)
		os.Exit(1)
	}
}

func cpu() time.Duration {
	var r syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &r))
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// Not ru_maxrss: that starts with the peak of the process that forked us.
func peak() (kb int64) {
	f, err := os.Open("/proc/self/status")
	check(err)
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if fields := strings.Fields(s.Text()); len(fields) > 1 && fields[0] == "VmHWM:" {
			kb, _ = strconv.ParseInt(fields[1], 10, 64)
		}
	}
	return kb
}

// A page: what it holds, how many that is, and the token of the next one.
type page func(options metav1.ListOptions) (any, int, string)

func pages(client *kubernetes.Clientset, namespace string) map[string]page {
	ctx := context.Background()
	return map[string]page{
		"pods": func(options metav1.ListOptions) (any, int, string) {
			list, err := client.CoreV1().Pods(namespace).List(ctx, options)
			check(err)
			return list, len(list.Items), list.Continue
		},
		"deployments": func(options metav1.ListOptions) (any, int, string) {
			list, err := client.AppsV1().Deployments(namespace).List(ctx, options)
			check(err)
			return list, len(list.Items), list.Continue
		},
		"replicasets": func(options metav1.ListOptions) (any, int, string) {
			list, err := client.AppsV1().ReplicaSets(namespace).List(ctx, options)
			check(err)
			return list, len(list.Items), list.Continue
		},
	}
}

func all(next page, limit int64) (kept []any, count int) {
	options := metav1.ListOptions{Limit: limit}
	for {
		list, items, following := next(options)
		kept, count = append(kept, list), count+items
		if following == "" {
			return kept, count
		}
		options.Continue = following
	}
}

func main() {
	if len(os.Args) < 5 {
		check(fmt.Errorf("usage: client-go URL NAMESPACE LIMIT KIND..."))
	}
	limit, err := strconv.ParseInt(os.Args[3], 10, 64)
	check(err)
	config := &rest.Config{Host: os.Args[1], QPS: -1}
	config.ContentType, config.AcceptContentTypes = "application/json", "application/json"
	client, err := kubernetes.NewForConfig(config)
	check(err)
	_, err = client.Discovery().ServerVersion() // connects
	check(err)

	var kept [][]any
	items, peakBefore, wallBefore, cpuBefore := 0, peak(), time.Now(), cpu()
	for _, kind := range os.Args[4:] {
		list, count := all(pages(client, os.Args[2])[kind], limit)
		kept, items = append(kept, list), items+count
	}
	cpuUsed, wall, peakNow := cpu()-cpuBefore, time.Since(wallBefore), peak()
	fmt.Println(cpuUsed.Microseconds(), items, peakNow-peakBefore, peakNow, wall.Microseconds())
	_ = kept
}
