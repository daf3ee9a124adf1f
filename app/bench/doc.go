// Package bench measures the workloads that Rachis is judged by, on the machine at hand.
package bench
